from __future__ import annotations

import math
from dataclasses import fields

import cv2
import numpy as np
import pytest

from enhancers.adjust import RANGES, Adjustments, adjust, adjust_photo
from enhancers.adjust_tone import temperature_gains
from imaging.codec import Photo
from imaging.errors import InvalidParameterError
from imaging.formats import ImageFormat
from imaging.image import Image, check_image
from imaging.metadata import Metadata
from tests.photos import grey, room, shipped
from training.metrics import psnr_db

NAMES = [field.name for field in fields(Adjustments)]


def adjusted(photo: Image, **values: float) -> Image:
    return adjust(photo, Adjustments(**values))


def mean_luma(photo: Image) -> float:
    return float(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).mean())


def saturation(photo: Image) -> float:
    return float((photo.max(axis=2).astype(int) - photo.min(axis=2)).mean())


def test_there_is_a_range_for_every_adjustment() -> None:
    assert list(RANGES) == NAMES
    assert all(low <= 0 <= high for low, high in RANGES.values())


@pytest.mark.parametrize("name", NAMES)
def test_values_out_of_range_are_refused_by_name(name: str) -> None:
    low, high = RANGES[name]
    for value in (low - 0.1, high + 0.1, math.nan, math.inf, -math.inf):
        with pytest.raises(InvalidParameterError, match=name) as raised:
            Adjustments(**{name: value})
        assert f"{low:g} to {high:g}" in str(raised.value)
    for value in (low, high):
        Adjustments(**{name: value})


def test_no_adjustment_gives_the_very_photo_back() -> None:
    photo = room(0)
    assert adjust(photo, Adjustments()) is photo


@pytest.mark.parametrize("name", NAMES)
def test_the_slider_starts_softly_and_never_touches_its_input(name: str) -> None:
    photo = shipped("coffee", 320)
    before = photo.copy()
    low, high = RANGES[name]
    for end in {low, high} - {0.0}:
        result = check_image(adjusted(photo, **{name: end}))
        if name == "angle":
            assert result.shape[0] < photo.shape[0]
            continue
        assert result.shape == photo.shape
        whole = psnr_db(result, photo)
        slight = psnr_db(adjusted(photo, **{name: end / 50}), photo)
        assert whole < 40, "the end of a slider shows"
        assert slight > 36, "its first notch does not"
        assert slight > whole
    np.testing.assert_array_equal(photo, before)


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (3, 2), (17, 33)])
def test_odd_and_tiny_sizes_with_everything_at_once(shape: tuple[int, int]) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    everything = Adjustments(0.5, 20, 30, 40, -40, 20, -10, 50, 50, 5)
    check_image(adjust(photo, everything))


def test_a_stop_of_exposure_doubles_the_light_of_mid_tones_and_keeps_white() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    brighter, darker = adjusted(ramp, exposure=1.0)[0, :, 0], adjusted(ramp, exposure=-1.0)[0, :, 0]
    assert brighter[118] == pytest.approx(162, abs=2)  # 18 % to 36 % reflectance
    assert darker[162] == pytest.approx(118, abs=2)
    assert brighter[0] == 0
    assert brighter[255] == 255
    assert (np.diff(brighter.astype(int)) >= 0).all()
    assert np.count_nonzero(brighter >= 254) < 15, "highlights roll off instead of clipping"


def test_contrast_spreads_about_mid_grey() -> None:
    photo = shipped("astronaut")
    assert adjusted(photo, contrast=60).std() > photo.std() * 1.1 > photo.std() > adjusted(photo, contrast=-60).std()
    assert np.abs(np.subtract(adjusted(np.full((4, 4, 3), 118, np.uint8), contrast=80), 118, dtype=int)).max() <= 1


def test_shadows_open_only_the_dark_and_highlights_bring_down_only_the_bright() -> None:
    photo = np.full((120, 160, 3), 30, np.uint8)
    photo[:, 80:] = 230
    opened, held = adjusted(photo, shadows=80), adjusted(photo, highlights=-80)
    assert opened[60, 20, 0] > 45
    assert abs(int(opened[60, 140, 0]) - 230) <= 4
    assert held[60, 140, 0] < 215
    assert abs(int(held[60, 20, 0]) - 30) <= 4


def test_temperature_and_tint_turn_the_right_way() -> None:
    patch = np.full((8, 8, 3), 128, np.uint8)
    red, green, blue = adjusted(patch, temperature=60)[0, 0].astype(int)
    assert red > green > blue
    red, green, blue = adjusted(patch, temperature=-60)[0, 0].astype(int)
    assert blue > green > red
    red, green, blue = adjusted(patch, tint=60)[0, 0].astype(int)
    assert min(red, blue) > green
    assert abs(mean_luma(adjusted(patch, temperature=80)) - 128) < 8


def test_the_planckian_locus_meets_its_published_points() -> None:
    np.testing.assert_allclose(temperature_gains(0.0), 1.0)
    # The two cubic fits meet at 4000 K, out of reach of the slider; along it, red over blue only grows.
    ratios = [gains[0] / gains[2] for gains in map(temperature_gains, np.linspace(-1, 1, 21))]
    assert (np.diff(ratios) > 0).all()


def test_saturation_neither_clips_nor_shifts_hue() -> None:
    photo = shipped("coffee")
    vivid = adjusted(photo, saturation=100)
    assert saturation(vivid) > 1.2 * saturation(photo)
    assert saturation(adjusted(photo, saturation=-100)) < 1.5
    hue = [cv2.cvtColor(p, cv2.COLOR_RGB2HSV_FULL)[..., 0].astype(int) for p in (photo, vivid)]
    clear = saturation_map(photo) > 40
    turn = np.abs((hue[0] - hue[1] + 128) % 256 - 128)[clear]
    assert np.percentile(turn, 99) <= 3
    assert abs(mean_luma(vivid) - mean_luma(photo)) < 1


def saturation_map(photo: Image) -> np.ndarray:
    return photo.max(axis=2).astype(int) - photo.min(axis=2)


def test_sharpening_leaves_no_halo() -> None:
    edge = np.full((40, 40, 3), 80, np.uint8)
    edge[:, 20:] = 160
    sharp = adjusted(cv2.GaussianBlur(edge, (0, 0), 1.2), sharpness=100)
    assert sharp.min() >= 80 - 5
    assert sharp.max() <= 160 + 5
    assert np.abs(np.diff(sharp[20, :, 0].astype(int))).max() > 1.2 * 25


def test_noise_reduction_gets_closer_to_the_clean_photo() -> None:
    clean = room(0)
    noise = np.random.default_rng(0).normal(0, 8, clean.shape)
    noisy = np.clip(clean + noise, 0, 255).astype(np.uint8)
    assert psnr_db(adjusted(noisy, noise_reduction=60), clean) > psnr_db(noisy, clean) + 2


@pytest.mark.parametrize("name", ["exposure", "contrast", "saturation", "shadows", "highlights", "sharpness"])
def test_a_grey_photo_stays_grey(name: str) -> None:
    result = adjusted(grey(shipped("coffee")), **{name: RANGES[name][1] / 2})
    assert saturation_map(result).max() <= 1


def test_transparency_turns_along() -> None:
    image = shipped("coffee")
    alpha = np.full(image.shape[:2], 200, np.uint8)
    photo = Photo(image, alpha, ImageFormat.PNG, Metadata())
    turned = adjust_photo(photo, Adjustments(angle=7.0, exposure=0.5))
    assert turned.alpha is not None
    assert turned.alpha.shape == turned.image.shape[:2] != image.shape[:2]
    brighter = adjust_photo(photo, Adjustments(exposure=0.5))
    assert brighter.alpha is alpha
    assert brighter.metadata is photo.metadata
