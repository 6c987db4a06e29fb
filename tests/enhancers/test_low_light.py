"""A dark photo gets the light it lacks; windows, blacks and colours stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from enhancers.low_light import (
    BANDS,
    LEAST_BLACK,
    DarknessEstimate,
    bands_of,
    black_for,
    build,
    features_of,
    lifted,
)
from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.image import Image
from tests.photos import clean_photos, enlarged, room, rooms, shipped
from training.degradations.tone import low_light
from training.metrics import psnr_db

ENHANCER = build("cpu")
WINDOW = np.s_[40:120, 60:140]


def darker(image: Image, stops: float) -> Image:
    return linear_to_srgb(srgb_to_linear(image) * np.float32(2.0**-stops))


def dark_room_with_window(seed: int = 0) -> Image:
    """A room three stops under with a bright landscape, not clipped, in its window."""
    photo = darker(room(seed), 3)
    landscape = np.clip(np.random.default_rng(0).normal(225, 8, (20, 20, 3)), 0, 248).astype(np.uint8)
    photo[WINDOW] = cv2.resize(landscape, (80, 80), interpolation=cv2.INTER_CUBIC)
    return photo


@pytest.mark.parametrize("stops", [1.5, 3.0, 4.0])
def test_a_uniformly_dark_photo_comes_back(stops: float) -> None:
    gains = []
    for photo in clean_photos():
        bad = darker(photo, stops)
        gains.append(psnr_db(ENHANCER.enhance(bad), photo) - psnr_db(bad, photo))
    assert np.mean(gains) > 5


def test_uneven_light_and_noise() -> None:
    gains = []
    for i, photo in enumerate(rooms()):
        bad = low_light(photo, 0.6, np.random.default_rng(i))
        gains.append(psnr_db(ENHANCER.enhance(bad), photo) - psnr_db(bad, photo))
    assert min(gains) > 4


def test_the_room_is_lifted_and_the_window_kept() -> None:
    bad = dark_room_with_window()
    result = ENHANCER.enhance(bad)
    wall = np.s_[200:300, 150:300]
    assert result[wall].mean() > 1.8 * bad[wall].mean()
    assert (result[WINDOW] == 255).mean() < 0.3, "only its brightest grain clips"
    before, after = bad[WINDOW].astype(float), result[WINDOW].astype(float)
    assert after.mean() > before.mean() - 12, "no grey window"
    assert after.std() > 0.6 * before.std(), "its texture stays"


def test_no_halo_at_the_window() -> None:
    """The wall right beside the window is lifted about as much as the wall far from it."""
    photo = np.full((600, 800, 3), 40, np.uint8)
    photo[200:400, 300:500] = 250
    result = ENHANCER.enhance(photo).astype(float)
    assert result[300, 50].mean() > 60
    # Beyond the width of one pixel of the map.
    assert abs(result[300, 515:560].mean() - result[300, 50].mean()) < 0.08 * result[300, 50].mean()


def test_black_stays_black_and_colours_keep_the_order_of_their_channels() -> None:
    bad = dark_room_with_window(1).copy()
    bad[-20:] = 0
    bad[150:250, 200:300] = (40, 20, 10)
    result = ENHANCER.enhance(bad)
    assert result[-18:].max() == 0
    red, green, blue = result[200, 250].astype(float)
    assert red > 60
    assert red > 1.15 * green > 1.3 * blue


@pytest.mark.parametrize("gamma", [0.2, 0.5, 1.0])
@pytest.mark.parametrize("black", [LEAST_BLACK, 0.05])
def test_the_lift_keeps_black_and_white_and_the_order_of_tones(gamma: float, black: float) -> None:
    codes = np.arange(256) / 255
    out = lifted(codes, gamma, black)
    assert out[0] == pytest.approx(0, abs=1e-9)
    assert out[-1] == pytest.approx(1)
    assert (np.diff(out) > 0).all()
    assert out[1] / codes[1] <= gamma * black ** (gamma - 1) / ((1 + black) ** gamma - black**gamma) + 1e-6


def test_noise_bounds_the_gain_near_black() -> None:
    quiet, grainy = (black_for(1.0, 0.3, noise) for noise in (0.2, 4.0))
    assert quiet == LEAST_BLACK
    first = [float(lifted(np.array([1 / 255]), 0.3, black)[0]) for black in (quiet, grainy)]
    assert first[1] < 0.5 * first[0]
    rng = np.random.default_rng(0)
    scene = np.full((400, 600, 3), 10.0)
    scene[:, :40] = 255
    dark = np.s_[100:300, 200:500]
    shots = [np.clip(np.rint(scene + rng.normal(0, s, scene.shape)), 0, 255).astype(np.uint8) for s in (0.3, 5)]
    estimates = [DarknessEstimate(1.0, 0.3, noise) for noise in (0.2, 4.0)]
    shown = [ENHANCER.apply(shot, each, 1.0)[dark].mean() for shot, each in zip(shots, estimates, strict=True)]
    assert shown[0] > shown[1] > 1.5 * shots[1][dark].mean()


def test_full_size_looks_like_small_size() -> None:
    bad = darker(shipped("coffee"), 2)
    large = ENHANCER.enhance(enlarged(bad, 2400, 1800))
    small = cv2.resize(large, bad.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert psnr_db(small, ENHANCER.enhance(bad)) > 30


def test_a_smooth_wall_gets_no_bands() -> None:
    """Steps of a wall's shading are no larger than the gain makes those of its codes."""
    shading = np.linspace(20, 60, 1600)[None, :, None].repeat(1200, 0).repeat(3, 2)
    bad = np.rint(shading).astype(np.uint8)
    bad[:200, :300] = 250
    row = ENHANCER.enhance(bad)[800, :, 0].astype(int)
    assert row[0] > 60
    assert np.diff(row).max() <= row[0] / 20 + 2
    assert np.diff(row).min() >= -4


def test_bands_tell_what_is_above_and_of_which_colour() -> None:
    photo = np.full((120, 160, 3), 40, np.uint8)
    photo[:60] = (120, 150, 200)
    bands = bands_of(photo).reshape(BANDS, 5)
    assert (bands[:2, 1] > bands[2:, 1] + 3).all(), "the sky is lighter, in EV"
    assert (bands[:2, 4] > 0.5).all(), "and bluer"
    np.testing.assert_allclose(bands[2:, 3:], 0, atol=1e-6)
    np.testing.assert_allclose(bands_of(photo[::-1]).reshape(BANDS, 5)[::-1], bands, atol=1e-5)


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (3, 50), (400, 1)])
def test_what_is_told_of_the_smallest_photos_is_finite(size: tuple[int, int]) -> None:
    told, exposure = features_of(np.zeros((*size, 3), np.uint8))
    assert np.isfinite(told).all()
    assert np.isfinite(exposure)
