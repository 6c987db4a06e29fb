"""Exposure and contrast are told apart and grow with the damage."""

from __future__ import annotations

import numpy as np
import pytest

from detector.tone import (
    GLARING_THRESHOLDS,
    LOW_CONTRAST_THRESHOLDS,
    LOW_LIGHT_THRESHOLDS,
    glaring_severity,
    low_contrast_severity,
    low_light_severity,
)
from imaging.defects import Sensitivity
from imaging.image import Image
from imaging.view import View
from tests.photos import clean_photos, room, rooms
from training.degradations.tone import glaring, low_contrast, low_light

JUDGES = {
    "low_light": (low_light, low_light_severity, LOW_LIGHT_THRESHOLDS[Sensitivity.NORMAL]),
    "low_contrast": (low_contrast, low_contrast_severity, LOW_CONTRAST_THRESHOLDS[Sensitivity.NORMAL]),
    "glaring": (glaring, glaring_severity, GLARING_THRESHOLDS[Sensitivity.NORMAL]),
}
every_judge = pytest.mark.parametrize("name", JUDGES)


@every_judge
def test_clean_rooms_raise_no_alarm(name: str) -> None:
    _, severity, threshold = JUDGES[name]
    assert max(severity(View.of(photo)) for photo in rooms()) < threshold


@every_judge
def test_a_bad_photo_is_found(name: str) -> None:
    degrade, severity, threshold = JUDGES[name]
    found = [
        severity(View.of(degrade(photo, 0.8, np.random.default_rng(i)))) >= threshold
        for i, photo in enumerate(clean_photos())
    ]
    assert np.mean(found) > 0.7


@every_judge
def test_severity_grows_with_the_damage(name: str) -> None:
    degrade, severity, _ = JUDGES[name]
    for photo in rooms():
        grown = [severity(View.of(degrade(photo, s, np.random.default_rng(3)))) for s in (0.2, 0.5, 0.8)]
        assert severity(View.of(photo)) < min(grown)
        # Severities hold certainty, too: a photo squeezed flat may be hazy instead.
        assert grown[0] - 0.1 < grown[1] < grown[2] + 0.1
        assert max(grown) <= 1


@every_judge
def test_a_defect_is_more_severe_than_what_it_is_taken_for(name: str) -> None:
    degrade, severity, _ = JUDGES[name]
    for photo in rooms():
        view = View.of(degrade(photo, 0.6, np.random.default_rng(1)))
        assert all(severity(view) > 1.5 * other(view) for key, (_, other, _) in JUDGES.items() if key != name)


def test_a_dark_room_with_a_bright_window_is_low_light() -> None:
    assert low_light_severity(View.of(dark_room_with_window())) >= LOW_LIGHT_THRESHOLDS[Sensitivity.NORMAL]


def test_a_small_blown_window_is_no_glare() -> None:
    photo = room(1).copy()
    photo[60:120, 60:160] = 255
    assert glaring_severity(View.of(photo)) < GLARING_THRESHOLDS[Sensitivity.NORMAL]


@every_judge
@pytest.mark.parametrize("code", [0, 128, 255])
def test_flat_photos_have_a_severity(name: str, code: int) -> None:
    photo = np.full((1, 1, 3), code, np.uint8)
    assert 0 <= JUDGES[name][1](View.of(photo)) <= 1


def dark_room_with_window() -> Image:
    """A room three stops under, and a white window in a tenth of the frame."""
    photo = low_light(room(0), 0.6, np.random.default_rng(0))
    height, width = photo.shape[:2]
    photo[height // 6 : height // 2, width // 10 : width * 4 // 10] = 245
    return photo
