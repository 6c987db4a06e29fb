"""A blown photo gets its exposure taken back, without grey windows in good rooms."""

from __future__ import annotations

import numpy as np
import pytest

from enhancers.glaring import CELLS, OverExposure, build, exposed_less, told_of
from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.image import Image
from tests.photos import ODD_PHOTOS, clean_photos, grey, room, rooms, shipped
from training.degradations.camera import tone_curve
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
        assert np.percentile(result[white], 2) > 215


def test_white_that_clips_in_one_channel_turns_neither_lilac_nor_peach() -> None:
    photo = np.full((120, 160, 3), (255, 247, 244), np.uint8)
    result = exposed_less(photo, OverExposure(1.5, 0.8, 0.3, 0.9, NO_VEIL + np.float32(0.4)))
    assert np.ptp(result.astype(float) / photo, axis=2).max() < 0.02
    assert 170 < result.mean() < 235


def test_a_little_strength_changes_little() -> None:
    bad = glaring(shipped("coffee"), 0.8, np.random.default_rng(1))
    assert psnr_db(ENHANCER.enhance(bad), bad) < 25
    assert psnr_db(ENHANCER.enhance(bad, 0.02), bad) > 40


def test_grey_stays_grey() -> None:
    bad = grey(linear_to_srgb(srgb_to_linear(room(2)) * np.float32(5)))
    result = ENHANCER.enhance(bad)
    assert np.ptp(result, axis=2).max() == 0


@pytest.mark.parametrize("shoulder", [0.7, 0.9])
def test_a_known_exposure_is_undone_but_for_what_it_clipped(shoulder: float) -> None:
    photo = shipped("coffee")
    bad = linear_to_srgb(tone_curve(srgb_to_linear(photo) * np.float32(2**1.5), shoulder))
    result = exposed_less(bad, OverExposure(1.5, shoulder, 0, 0.8, NO_VEIL))
    known = bad.max(axis=2) < 215
    assert known.mean() > 0.2
    np.testing.assert_allclose(result[known].astype(int), photo[known], atol=3)


def test_a_known_veil_is_undone_where_the_photo_shows_through() -> None:
    photo = shipped("coffee")
    light = srgb_to_linear(photo)
    bad = linear_to_srgb(light + np.float32(0.1))
    result = exposed_less(bad, OverExposure(0, 0.995, 0, 1, NO_VEIL + np.float32(0.1)))
    known = (light.min(axis=2) > 0.05) & (bad.max(axis=2) < 215)
    assert known.mean() > 0.05
    np.testing.assert_allclose(result[known].astype(int), photo[known], atol=3)


def test_glare_at_one_side_is_not_taken_from_the_other() -> None:
    veil = NO_VEIL.copy()
    veil[:, :2] = 0.2
    photo = shipped("coffee")
    result = exposed_less(photo, OverExposure(0, 0.995, 0, 1, veil))
    half = photo.shape[1] // 2
    np.testing.assert_allclose(result[:, half:].astype(int), photo[:, half:], atol=2)
    assert photo[:, : half // 4].mean() - result[:, : half // 4].mean() > 15


@pytest.mark.parametrize("photo", [room(0), *ODD_PHOTOS], ids=lambda photo: str(photo.shape))
def test_what_is_told_of_any_photo_is_finite(photo: Image) -> None:
    told, floor = told_of(photo)
    assert told.shape[0] == floor.size == CELLS**2
    assert np.isfinite(told).all()
    assert floor.min() > 0
    assert ENHANCER.enhance(photo).shape == photo.shape
