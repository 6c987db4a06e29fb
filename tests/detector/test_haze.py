from __future__ import annotations

import numpy as np
import pytest

from detector.haze import HAZY_THRESHOLDS, hazy_severity
from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.defects import Defect, Sensitivity
from imaging.image import Image
from imaging.view import View
from tests.photos import clean_photos, room, rooms
from training.degradations import DEGRADATIONS


def veiled(photo: Image, veil: float) -> Image:
    return linear_to_srgb(srgb_to_linear(photo) * np.float32(1 - veil) + np.float32(0.75 * veil))


def painted_white(photo: Image) -> Image:
    """A photo with its bright parts made brighter and its dark ones left: white walls and a lamp's foot."""
    light = srgb_to_linear(photo)
    return linear_to_srgb(light + light * (1 - light) * np.minimum(1, light / 0.25))


def test_clear_photos_have_no_veil() -> None:
    assert all(hazy_severity(View(photo)) < HAZY_THRESHOLDS[Sensitivity.NORMAL] for photo in clean_photos())


def test_a_veil_is_found() -> None:
    found = [hazy_severity(View(veiled(photo, 0.6))) >= HAZY_THRESHOLDS[Sensitivity.NORMAL] for photo in clean_photos()]
    assert np.mean(found) > 0.8


def test_a_veil_over_the_distance_alone_is_found() -> None:
    """The upper part of a photo lies far away, its lower part is clear."""
    found = []
    for photo in rooms():
        height = photo.shape[0]
        veil = np.clip(1 - np.arange(height, dtype=np.float32) / (0.6 * height), 0, 1)[:, None, None]
        codes = photo * (1 - 0.85 * veil) + 215 * 0.85 * veil
        found.append(hazy_severity(View(codes.astype(np.uint8))) >= HAZY_THRESHOLDS[Sensitivity.NORMAL])
    assert all(found)


def test_severity_grows_with_the_veil() -> None:
    for seed in range(3):
        severities = [hazy_severity(View(veiled(room(seed), veil))) for veil in (0.0, 0.2, 0.4, 0.6)]
        assert severities == sorted(severities)


def test_white_walls_are_no_veil() -> None:
    for seed in range(3):
        white = painted_white(room(seed))
        assert hazy_severity(View(white)) < HAZY_THRESHOLDS[Sensitivity.NORMAL]


def test_low_contrast_is_seldom_taken_for_a_veil() -> None:
    severities = [
        hazy_severity(View(DEGRADATIONS[Defect.LOW_CONTRAST](photo, 0.5, np.random.default_rng(i))))
        for i, photo in enumerate(clean_photos())
    ]
    assert np.mean(np.array(severities) >= HAZY_THRESHOLDS[Sensitivity.NORMAL]) < 0.5


@pytest.mark.parametrize("fill", [0, 128, 255])
def test_flat_and_tiny_photos_are_judged(fill: int) -> None:
    for shape in ((1, 1, 3), (2, 5, 3), (40, 60, 3)):
        assert 0 <= hazy_severity(View(np.full(shape, fill, np.uint8))) <= 1
