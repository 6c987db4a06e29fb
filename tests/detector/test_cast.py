from __future__ import annotations

import numpy as np
import pytest

from detector.cast import WHITE_BALANCE_THRESHOLDS, white_balance_severity
from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.defects import Sensitivity
from imaging.image import Image
from imaging.view import View
from tests.photos import clean_photos, grey, room


def under(warmth: float, photo: Image) -> Image:
    """A photo under a light with that natural log of red over blue."""
    gains = np.exp([warmth / 2, 0, -warmth / 2])
    return linear_to_srgb(srgb_to_linear(photo) * (gains / gains.max()).astype(np.float32))


def test_clean_photos_have_no_cast() -> None:
    assert all(
        white_balance_severity(View(photo)) < WHITE_BALANCE_THRESHOLDS[Sensitivity.NORMAL] for photo in clean_photos()
    )


@pytest.mark.parametrize("warmth", [-0.8, 0.8], ids=["cold", "warm"])
def test_a_strong_cast_is_found(warmth: float) -> None:
    # A cold light on coffee or on a ginger cat looks neutral: not all of the shipped photos can tell.
    found = [
        white_balance_severity(View(under(warmth, p))) >= WHITE_BALANCE_THRESHOLDS[Sensitivity.NORMAL]
        for p in clean_photos()
    ]
    assert np.mean(found) > 0.5
    assert all(found[-3:]), "rooms tell clearly"


def test_severity_grows_with_the_cast() -> None:
    for seed in range(3):
        severities = [white_balance_severity(View(under(warmth, room(seed)))) for warmth in (0.0, 0.3, 0.6, 0.9)]
        assert severities[0] <= severities[1] + 0.02
        assert severities[1] < severities[2] < severities[3] + 0.02


def test_a_photo_of_wood_is_no_cast() -> None:
    # Boards of one colour with white lines of light between: neutral is seen, though little of it.
    photo = np.array(room(0))
    photo[150:] = (140, 95, 60)
    photo[::12, :, :] = 225
    assert white_balance_severity(View(photo)) < WHITE_BALANCE_THRESHOLDS[Sensitivity.NORMAL]


@pytest.mark.parametrize("fill", [0, 128, 255])
def test_flat_and_tiny_photos(fill: int) -> None:
    for shape in ((1, 1, 3), (2, 5, 3), (40, 60, 3)):
        assert (
            white_balance_severity(View(np.full(shape, fill, np.uint8))) < WHITE_BALANCE_THRESHOLDS[Sensitivity.NORMAL]
        )


def test_a_grey_photo_has_no_cast() -> None:
    assert white_balance_severity(View(grey(room(1)))) < 0.1
