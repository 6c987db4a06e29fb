"""A blown photo gets its exposure taken back, without grey windows in good rooms."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from enhancers.glaring import CELLS, WHITE, OverExposure, build, exposed_less, told_of
from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.image import Image
from tests.photos import ODD_PHOTOS, clean_photos, grey, room, rooms, shipped
from training.degradations.tone import glaring
from training.metrics import psnr_db

ENHANCER = build("cpu")
NO_VEIL = np.zeros((CELLS, CELLS), np.float32)


@pytest.mark.parametrize("severity", [0.5, 0.8, 1.0])
def test_a_blown_photo_gets_closer(severity: float) -> None:
    gains = []
    for i, photo in enumerate(clean_photos()):
        bad = glaring(photo, severity, np.random.default_rng(i))
        gains.append(psnr_db(ENHANCER.enhance(bad), photo) - psnr_db(bad, photo))
    assert np.mean(gains) > 2
    assert min(gains) > -0.5


def test_white_never_turns_grey() -> None:
    for photo in rooms():
        bad = linear_to_srgb(srgb_to_linear(photo) * np.float32(6))
        result = ENHANCER.enhance(bad)
        white = (bad == 255).all(axis=2)
        assert white.mean() > 0.05
        assert np.percentile(result[white], 2) >= 255 * WHITE - 2


def test_white_that_clips_in_one_channel_turns_neither_lilac_nor_peach() -> None:
    photo = np.full((120, 160, 3), (255, 247, 244), np.uint8)
    result = exposed_less(photo, exposure(1.5, 0.9))
    assert np.ptp(result.astype(float) / photo, axis=2).max() < 0.03
    assert 170 < result.mean() < 235


def test_a_little_strength_changes_little() -> None:
    bad = glaring(shipped("coffee"), 0.8, np.random.default_rng(1))
    assert psnr_db(ENHANCER.enhance(bad), bad) < 25
    assert psnr_db(ENHANCER.enhance(bad, 0.02), bad) > 40


def test_grey_stays_grey() -> None:
    bad = grey(linear_to_srgb(srgb_to_linear(room(2)) * np.float32(5)))
    result = ENHANCER.enhance(bad)
    assert np.ptp(result, axis=2).max() == 0


def exposure(ev: float, white: float, veil: NDArray[np.float32] = NO_VEIL) -> OverExposure:
    return OverExposure(ev, 1.0, white, veil, 0.0)


def test_a_known_exposure_is_undone_but_for_what_it_clipped() -> None:
    photo = shipped("coffee")
    bad = linear_to_srgb(srgb_to_linear(photo) * np.float32(2**1.2))
    result = exposed_less(bad, exposure(1.2, 0.0))
    known = bad.max(axis=2) < 250
    assert known.mean() > 0.2
    np.testing.assert_allclose(result[known].astype(int), photo[known], atol=3)


def test_a_known_veil_is_undone_where_the_photo_shows_through() -> None:
    photo = shipped("coffee")
    light = srgb_to_linear(photo)
    bad = linear_to_srgb(light + np.float32(0.1))
    result = exposed_less(bad, exposure(0, 1, NO_VEIL + np.float32(0.1)))
    known = (light.min(axis=2) > 0.05) & (bad.max(axis=2) < 215)
    assert known.mean() > 0.05
    np.testing.assert_allclose(result[known].astype(int), photo[known], atol=3)


def test_glare_at_one_side_is_not_taken_from_the_other() -> None:
    veil = NO_VEIL.copy()
    veil[:, :2] = 0.2
    photo = shipped("coffee")
    result = exposed_less(photo, exposure(0, 1, veil))
    half = photo.shape[1] // 2
    np.testing.assert_allclose(result[:, half:].astype(int), photo[:, half:], atol=2)
    assert photo[:, : half // 4].mean() - result[:, : half // 4].mean() > 15


@pytest.mark.parametrize("ev", [0.5, 1.5, 3.0])
@pytest.mark.parametrize("colour", [(1, 1, 1), (1, 0.97, 0.9), (1, 0.7, 0.3), (0.6, 0.8, 1)])
def test_a_ramp_up_to_white_shows_no_contour(ev: float, colour: tuple[float, float, float]) -> None:
    """Brightness rises all the way through clipping, in steps hardly larger than those of the photo."""
    light = np.linspace(0, 2, 1200)[None, :, None] * np.array(colour)
    ramp = np.rint(255 * np.clip(light, 0, 1)).astype(np.uint8).repeat(64, axis=0)
    result = exposed_less(ramp, exposure(ev, WHITE))[32].astype(int)
    steps = np.diff(result, axis=0)
    assert steps.min() >= -1
    assert steps.max() <= 5


@pytest.mark.parametrize("veil", [0.1, 0.3])
def test_white_stays_white_under_an_uneven_veil(veil: float) -> None:
    """No grey cloud on a blown wall or window: the veil is not taken from white."""
    uneven = NO_VEIL.copy()
    uneven[2:5, 2:5] = veil
    white = np.full((160, 240, 3), 255, np.uint8)
    result = exposed_less(white, exposure(1.0, WHITE, uneven))
    assert result.min() >= 255 * WHITE - 2
    assert np.ptp(result) <= 1


@pytest.mark.parametrize("wall", [(252, 248, 244), (244, 250, 247), (255, 250, 246)])
def test_a_veil_taken_from_a_white_wall_leaves_no_tint(wall: tuple[int, int, int]) -> None:
    photo = np.full((160, 240, 3), wall, np.uint8)
    result = exposed_less(photo, exposure(1.0, WHITE, NO_VEIL + np.float32(0.3)))
    assert np.ptp(result[80, 120].astype(int)) <= 2 * np.ptp(wall)


def test_blown_areas_are_no_darker_than_what_surrounds_them() -> None:
    for photo in rooms():
        bad = linear_to_srgb(srgb_to_linear(photo) * np.float32(5))
        result = ENHANCER.enhance(bad).min(axis=2)
        white = (bad == 255).all(axis=2)
        around = cv2.dilate(white.astype(np.uint8), np.ones((15, 15), np.uint8)).astype(bool) & ~white
        assert np.percentile(result[white], 5) >= np.percentile(result[around], 95) - 2


@pytest.mark.parametrize("photo", [room(0), *ODD_PHOTOS], ids=lambda photo: str(photo.shape))
def test_what_is_told_of_any_photo_is_finite(photo: Image) -> None:
    told, floor = told_of(photo)
    assert told.shape[0] == floor.size == CELLS**2
    assert np.isfinite(told).all()
    assert floor.min() > 0
    assert ENHANCER.enhance(photo).shape == photo.shape
