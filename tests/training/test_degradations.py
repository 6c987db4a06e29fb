from __future__ import annotations

import numpy as np
import pytest

from imaging.defects import Defect
from imaging.image import check_image
from tests.photos import room, shipped
from training.degradations import DEGRADATIONS
from training.degradations.camera import smooth_field, tone_curve
from training.degradations.geometry import tilt
from training.metrics import psnr_db

every_defect = pytest.mark.parametrize("defect", list(Defect))


@every_defect
def test_result_is_a_new_image_and_the_same_for_the_same_seed(defect: Defect) -> None:
    photo = room(0)
    first = DEGRADATIONS[defect](photo, 0.5, np.random.default_rng(3))
    second = DEGRADATIONS[defect](photo, 0.5, np.random.default_rng(3))
    check_image(first)
    assert first is not photo
    np.testing.assert_array_equal(first, second)


@every_defect
def test_severity_is_how_bad_it_gets(defect: Defect) -> None:
    if defect is Defect.ROTATION:
        pytest.skip("a tilt changes the shape; see test_tilt_leans_counter_clockwise")
    photos = [room(1), shipped("coffee")]
    worse = []
    for severity in (0.0, 0.5, 1.0):
        values = [
            psnr_db(DEGRADATIONS[defect](photo, severity, np.random.default_rng(seed)), photo)
            for photo in photos
            for seed in range(4)
        ]
        worse.append(float(np.mean(values)))
    assert worse[0] > worse[1] > worse[2]


@every_defect
@pytest.mark.parametrize("size", [(1, 1), (1, 7), (3, 2), (17, 33)], ids=str)
def test_tiny_sizes(defect: Defect, size: tuple[int, int]) -> None:
    photo = np.full((*size, 3), 120, np.uint8)
    photo.flags.writeable = False
    for seed in range(4):
        degraded = DEGRADATIONS[defect](photo, 0.8, np.random.default_rng(seed))
        check_image(degraded)
        assert degraded.shape == photo.shape or defect is Defect.ROTATION


def test_tilt_leans_counter_clockwise() -> None:
    photo = np.zeros((201, 201, 3), np.uint8)
    photo[:, 98:103] = 255
    tilted = tilt(photo, 10.0)
    top, bottom = (float(np.nonzero(tilted[row, :, 0] > 128)[0].mean()) for row in (0, -1))
    assert top < bottom


def test_smooth_field_spans_zero_to_one() -> None:
    field = smooth_field(40, 60, np.random.default_rng(0))
    assert field.shape == (40, 60)
    assert (field.min(), field.max()) == (0, 1)


def test_tone_curve_is_monotone_and_ends_at_one() -> None:
    light = np.linspace(0, 8, 500, dtype=np.float32)
    for shoulder in (0.5, 0.8, 1.0):
        seen = tone_curve(light, shoulder)
        assert (np.diff(seen) >= 0).all()
        assert seen[-1] == pytest.approx(1, abs=1e-3)
        np.testing.assert_allclose(seen[light < 0.5], light[light < 0.5], rtol=1e-6)
