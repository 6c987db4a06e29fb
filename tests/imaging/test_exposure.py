"""Percentiles and stops are what they are called."""

from __future__ import annotations

import numpy as np
import pytest

from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.image import Image
from imaging.measures.exposure import Tones, channel_max, channel_min, smoothstep
from imaging.view import View
from tests.photos import room, rooms


def darker(image: Image, stops: float) -> Image:
    return linear_to_srgb(srgb_to_linear(image) * np.float32(2.0**-stops))


def tones(image: Image) -> Tones:
    return Tones(channel_max(View.of(image).thumbnail))


def test_percentiles_agree_with_numpy() -> None:
    plane = np.random.default_rng(0).integers(20, 230, (120, 160), dtype=np.uint8)
    for percent in (1, 25, 50, 75, 99):
        assert Tones(plane).code(percent) == pytest.approx(np.percentile(plane, percent), abs=1)


def test_a_mask_leaves_pixels_out() -> None:
    plane = np.zeros((10, 10), np.uint8)
    plane[:3] = 200
    assert Tones(plane, (plane > 0).view(np.uint8)).code(50) == 200


def test_largest_and_smallest_channel() -> None:
    photo = np.array([[[10, 200, 30]]], np.uint8)
    assert channel_max(photo)[0, 0] == 200
    assert channel_min(photo)[0, 0] == 10


def test_stops_follow_the_exposure() -> None:
    lost = tones(room(0)).stops(90) - tones(darker(room(0), 2)).stops(90)
    assert lost == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("stops", [1.5, 2.5, 3.5])
def test_missing_exposure_is_about_what_was_taken(stops: float) -> None:
    for photo in rooms():
        assert tones(photo).missing_exposure_ev == 0
        assert tones(darker(photo, stops)).missing_exposure_ev == pytest.approx(stops, abs=0.8)
        assert tones(darker(photo, stops)).lift_share == 0


def test_a_window_does_not_hide_a_dark_room() -> None:
    photo = darker(room(0), 3.5)
    photo[30:130, 30:160] = 255
    assert tones(photo).missing_exposure_ev == 0
    assert tones(photo).lift_share == 1


def test_smoothstep_has_flat_ends() -> None:
    assert smoothstep(-1, 0, 1) == 0
    assert smoothstep(2, 0, 1) == 1
    assert smoothstep(0.5, 0, 1) == 0.5
    assert smoothstep(0.01, 0, 1) < 0.001
