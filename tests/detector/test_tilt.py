from __future__ import annotations

import cv2
import numpy as np
import pytest

from detector.tilt import ROTATION_THRESHOLDS, rotation_severity
from imaging.defects import Sensitivity
from imaging.image import Plane
from imaging.measures.tilt import TILTS_DEG, judge, measure_tilt, severity_at
from imaging.view import View
from tests.photos import room, rooms
from training.degradations.geometry import tilt


def luma(size: tuple[int, int], seed: int = 0) -> Plane:
    return np.random.default_rng(seed).integers(0, 256, size, dtype=np.uint8)


@pytest.mark.parametrize("angle_deg", [-9.0, -4.0, -2.0, 2.0, 6.0, 10.0])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_angle_of_a_room_is_told(angle_deg: float, seed: int) -> None:
    view = View.of(tilt(room(seed, 800, 600), angle_deg))
    assert view.tilt.angle_deg == pytest.approx(angle_deg, abs=0.5)
    assert rotation_severity(view) == pytest.approx(float(severity_at(np.array(angle_deg))), abs=0.15)


@pytest.mark.parametrize("pitch", [-0.25, -0.1, 0.1, 0.25])
def test_converging_verticals_are_no_tilt(pitch: float) -> None:
    """A camera that looks up or down makes verticals meet, symmetrically about the middle."""
    photo = room(0, 800, 600)
    height, width = photo.shape[:2]
    matrix = np.eye(3)
    matrix[2, 1] = pitch / height
    centre = np.array([[1, 0, width / 2], [0, 1, height / 2], [0, 0, 1]])
    homography = centre @ matrix @ np.linalg.inv(centre) @ np.diag([1, 1, 1])
    pitched = cv2.warpPerspective(photo, homography, (width, height), borderMode=cv2.BORDER_REPLICATE)
    assert abs(View.of(pitched).tilt.angle_deg) < 0.7


def test_upright_rooms_have_no_severity() -> None:
    assert all(rotation_severity(View.of(photo)) < 0.1 for photo in rooms())


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (700, 1), (3, 3), (33, 17), (300, 300), (641, 999)])
def test_no_size_and_no_texture_fool_it(size: tuple[int, int]) -> None:
    for plane in (luma(size), np.full(size, 255, np.uint8)):
        told = measure_tilt(plane)
        assert told.severity < ROTATION_THRESHOLDS[Sensitivity.NORMAL]


def test_mirroring_changes_the_sign() -> None:
    tilted = tilt(room(1, 640, 480), 4.0)
    mirrored = np.ascontiguousarray(tilted[:, ::-1])
    assert View.of(mirrored).tilt.angle_deg == pytest.approx(-View.of(tilted).tilt.angle_deg, abs=0.3)


@pytest.mark.parametrize("angle_deg", [-9.0, -2.0, 2.0, 9.0])
@pytest.mark.parametrize("spread_deg", [0.4, 1.3, 3.0])
def test_the_most_likely_angle_is_told_however_sure(angle_deg: float, spread_deg: float) -> None:
    assert judge(scores_around(angle_deg, spread_deg)).angle_deg == pytest.approx(angle_deg, abs=0.2)


def test_a_sure_small_tilt_is_more_severe_than_a_doubtful_large_one() -> None:
    sure, doubtful = judge(scores_around(3.5, 0.4)), judge(doubts(8.0))
    assert doubtful.angle_deg == pytest.approx(8.0, abs=0.2)
    assert sure.severity == pytest.approx(severity_at(np.float64(3.5)), abs=0.02)
    assert sure.severity > ROTATION_THRESHOLDS[Sensitivity.NORMAL] > doubtful.severity


def scores_around(angle_deg: float, spread_deg: float) -> np.ndarray:
    """Log-odds of the candidates that spread so far."""
    return (-0.5 * ((TILTS_DEG - angle_deg) / spread_deg) ** 2).astype(np.float32)


def doubts(angle_deg: float) -> np.ndarray:
    """Log-odds of a tilt that is hardly likelier than none."""
    upright = scores_around(0.0, 0.4)
    return np.logaddexp(scores_around(angle_deg, 0.4), upright - 0.2).astype(np.float32)
