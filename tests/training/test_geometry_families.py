"""Tilts of the second and the third family."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from imaging.defects import Defect
from imaging.image import Image, check_image
from imaging.measures.tilt import measure_tilt
from tests.photos import rooms
from training.degradations import FAMILIES, Family
from training.degradations.camera import Degradation
from training.degradations.second.geometry import Pose, posed
from training.degradations.second.geometry import rotation as second
from training.degradations.third.geometry import rotation as third

every_rotation = pytest.mark.parametrize("rotation", [second, third])


def angle_of(photo: Image) -> float:
    return measure_tilt(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)).angle_deg


def lean_of_the_middle_line(pose: Pose) -> float:
    """Degrees counter-clockwise that a vertical line through the middle of a photo leans, seen from that pose."""
    photo = np.zeros((401, 601), np.uint8)
    photo[:, 298:303] = 255
    seen = posed(photo, pose)
    rows, columns = np.nonzero(seen > 128)
    return float(np.degrees(np.arctan(np.polyfit(rows, columns, 1)[0])))


def test_the_families_have_a_rotation() -> None:
    assert FAMILIES[Family.SECOND][Defect.ROTATION] is second
    assert FAMILIES[Family.THIRD][Defect.ROTATION] is third


@pytest.mark.parametrize("roll_deg", [-6.0, 3.0])
@pytest.mark.parametrize("pitch_deg", [-6.0, 0.0, 6.0])
def test_a_roll_leans_the_scene_counter_clockwise(roll_deg: float, pitch_deg: float) -> None:
    assert lean_of_the_middle_line(Pose(roll_deg, pitch_deg)) == pytest.approx(roll_deg, abs=0.3)


@pytest.mark.parametrize("yaw_deg", [-8.0, 8.0])
def test_looking_aside_keeps_verticals_vertical(yaw_deg: float) -> None:
    assert lean_of_the_middle_line(Pose(0.0, yaw_deg=yaw_deg)) == pytest.approx(0.0, abs=0.2)


def test_looking_up_makes_verticals_meet_above() -> None:
    photo = np.zeros((401, 601), np.uint8)
    photo[:, 148:153] = 255
    photo[:, 448:453] = 255
    seen = posed(photo, Pose(0.0, pitch_deg=6.0))
    top, bottom = (np.ptp(np.flatnonzero(seen[row] > 128)) for row in (5, -5))
    assert top < bottom - 5


@every_rotation
def test_severity_is_how_far_it_is_tilted(rotation: Degradation) -> None:
    for photo in rooms():
        tilts = [abs(angle_of(rotation(photo, severity, np.random.default_rng(4)))) for severity in (0.1, 0.5, 0.9)]
        assert tilts[0] + 1 < tilts[1] < tilts[2] - 1


@every_rotation
@pytest.mark.parametrize("seed", range(6))
def test_no_corner_is_empty(rotation: Degradation, seed: int) -> None:
    framed = cv2.copyMakeBorder(np.full((396, 596, 3), 255, np.uint8), 2, 2, 2, 2, cv2.BORDER_CONSTANT)
    tilted = rotation(framed, 0.9, np.random.default_rng(seed))
    assert (tilted.mean(axis=2) < 128).mean() < 0.03, "nothing but the frame's own rim"


@every_rotation
@pytest.mark.parametrize("size", [(1, 1), (1, 7), (3, 2), (17, 33)], ids=str)
def test_any_size(rotation: Degradation, size: tuple[int, int]) -> None:
    photo = np.full((*size, 3), 120, np.uint8)
    photo.flags.writeable = False
    for seed in range(4):
        for severity in (-0.4, 1.1):
            check_image(rotation(photo, severity, np.random.default_rng(seed)))
