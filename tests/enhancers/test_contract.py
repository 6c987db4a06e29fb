"""What every repair of the catalogue owes its callers."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest

from enhancers import CATALOGUE
from enhancers.base import AnyEnhancer
from imaging.defects import Defect
from imaging.image import Image, check_image
from imaging.view import View
from tests.photos import clean_photos, grey, rooms
from training.degradations import DEGRADATIONS
from training.metrics import psnr_db

SIZES = ((1, 1), (1, 7), (3, 2), (17, 33), (101, 64))
BUILT = {spec.defect: spec.build("cpu") for spec in CATALOGUE}
every_repair = pytest.mark.parametrize("defect", [spec.defect for spec in CATALOGUE])
every_repair_but_rotation = pytest.mark.parametrize(
    "defect", [spec.defect for spec in CATALOGUE if spec.defect is not Defect.ROTATION]
)


@cache
def degraded(defect: Defect, severity: float, seed: int = 0) -> tuple[tuple[Image, Image], ...]:
    """Clean photos and the same with one defect, read-only."""
    pairs = []
    for i, photo in enumerate(clean_photos()):
        bad = DEGRADATIONS[defect](photo, severity, np.random.default_rng([seed, i]))
        bad.flags.writeable = False
        pairs.append((photo, bad))
    return tuple(pairs)


def enhancer(defect: Defect) -> AnyEnhancer:
    return BUILT[defect]


def test_the_catalogue_names_every_defect_once_in_order() -> None:
    assert [spec.defect for spec in CATALOGUE] == list(Defect)
    assert all(spec.title and spec.method for spec in CATALOGUE)


@every_repair
def test_result_is_an_image_of_the_same_shape(defect: Defect) -> None:
    bad = degraded(defect, 0.7)[-1][1]
    before = bad.copy()
    result = check_image(enhancer(defect).enhance(bad))
    if defect is Defect.ROTATION:
        assert result.shape[0] <= bad.shape[0]
        assert result.shape[1] <= bad.shape[1]
    else:
        assert result.shape == bad.shape
    np.testing.assert_array_equal(bad, before)


@every_repair
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("fill", ["random", "black", "white"])
def test_odd_and_tiny_sizes(defect: Defect, size: tuple[int, int], fill: str) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    if fill != "random":
        photo[:] = 255 * (fill == "white")
    photo.flags.writeable = False
    result = check_image(enhancer(defect).enhance(photo))
    if defect is not Defect.ROTATION:
        assert result.shape == photo.shape


@every_repair
def test_strength_zero_gives_the_input_back(defect: Defect) -> None:
    for _, bad in degraded(defect, 0.7)[-2:]:
        np.testing.assert_array_equal(enhancer(defect).enhance(bad, 0.0), bad)


@every_repair
def test_the_same_photo_gives_the_same_result(defect: Defect) -> None:
    bad = degraded(defect, 0.7)[-1][1]
    first, second = enhancer(defect).enhance(bad), enhancer(defect).enhance(bad.copy())
    np.testing.assert_array_equal(first, second)


@every_repair_but_rotation
def test_strength_is_continuous_and_monotone(defect: Defect) -> None:
    bad = degraded(defect, 0.7)[-1][1]
    change = [
        float(cv2.norm(enhancer(defect).enhance(bad, strength), bad, cv2.NORM_L2)) / np.sqrt(bad.size)
        for strength in (0.0, 0.05, 0.25, 0.5, 0.75, 1.0)
    ]
    steps = np.diff(change)
    assert change[-1] > 0.2, "the defect is there, so the repair must do something"
    assert (steps >= -0.05 * change[-1] - 0.1).all(), "more strength changes more"
    assert steps[0] <= 0.4 * change[-1] + 0.5, "no jump at the smallest strength"
    assert steps.max() <= 0.65 * change[-1] + 0.5, "no jump between strengths"


@every_repair_but_rotation
def test_a_grey_photo_stays_grey(defect: Defect) -> None:
    for _, bad in degraded(defect, 0.6)[-2:]:
        result = enhancer(defect).enhance(grey(bad)).astype(int)
        spread = result.max(axis=2) - result.min(axis=2)
        assert spread.max() <= 2, "at most rounding between the channels"


@every_repair_but_rotation
def test_a_photo_with_the_defect_gets_closer_to_the_clean_one(defect: Defect) -> None:
    gains = []
    for i, (clean, bad) in enumerate(degraded(defect, 0.4, seed=1) + degraded(defect, 0.8, seed=1)):
        if i % 2 == 0:  # every second of 7 + 7: each photo once
            gains.append(psnr_db(enhancer(defect).enhance(bad), clean) - psnr_db(bad, clean))
    assert np.mean(gains) > 0.1, np.round(gains, 1)


def test_a_tilted_room_gets_upright() -> None:
    before, after = [], []
    for seed, photo in enumerate(rooms()):
        tilted = DEGRADATIONS[Defect.ROTATION](photo, 0.3, np.random.default_rng(seed))
        before.append(abs(View.of(tilted).tilt.angle_deg))
        after.append(abs(View.of(enhancer(Defect.ROTATION).enhance(tilted)).tilt.angle_deg))
    assert np.mean(before) > 3
    assert max(after) < 1
