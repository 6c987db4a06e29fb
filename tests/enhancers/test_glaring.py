"""A blown photo gets its exposure taken back, without grey windows in good rooms."""

from __future__ import annotations

import numpy as np
import pytest

from enhancers.glaring import build, on_white
from imaging.color import linear_to_srgb, srgb_to_linear
from tests.photos import clean_photos, grey, room, rooms
from training.degradations.tone import glaring
from training.metrics import psnr_db

ENHANCER = build("cpu")


@pytest.mark.parametrize("severity", [0.5, 0.8, 1.0])
def test_a_blown_photo_gets_closer(severity: float) -> None:
    gains = []
    for i, photo in enumerate(clean_photos()):
        bad = glaring(photo, severity, np.random.default_rng(i))
        gains.append(psnr_db(ENHANCER.enhance(bad), photo) - psnr_db(bad, photo))
    assert np.mean(gains) > 2
    assert min(gains) > -0.5


def test_a_blown_window_in_a_good_room_stays_white() -> None:
    photo = room(0).copy()
    photo[60:130, 60:160] = 255
    assert psnr_db(ENHANCER.enhance(photo), photo) > 40


def test_white_never_turns_grey() -> None:
    for photo in rooms():
        bad = linear_to_srgb(srgb_to_linear(photo) * np.float32(6))
        result = ENHANCER.enhance(bad)
        white = (bad == 255).all(axis=2)
        assert white.mean() > 0.05
        assert np.percentile(result[white], 2) > 190


def test_grey_stays_grey() -> None:
    bad = grey(linear_to_srgb(srgb_to_linear(room(2)) * np.float32(5)))
    result = ENHANCER.enhance(bad)
    assert np.ptp(result, axis=2).max() == 0


def test_a_drawing_on_white_is_not_glaring() -> None:
    drawing = np.full((200, 300, 3), 255, np.uint8)
    drawing[60:140, 80:220] = (200, 30, 40)
    assert on_white(drawing)
    np.testing.assert_array_equal(ENHANCER.enhance(drawing), drawing)
    assert not on_white(glaring(room(0), 1.0, np.random.default_rng(0)))
