"""A flat photo gets its range back, whatever squeezed it; a photo of full range keeps it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from benchmarks.textbook import stretch
from enhancers.low_contrast import ContrastEstimate, build
from imaging.defects import Defect
from imaging.image import Image
from imaging.view import View
from tests.photos import rooms, shipped
from training.degradations import FAMILIES, Family
from training.metrics import delta_e00, psnr_db

ENHANCER = build("cpu")


def squeezed(photo: Image, low: float, high: float) -> Image:
    return np.rint(low + photo / 255 * (high - low)).astype(np.uint8)


@pytest.mark.parametrize("name", ["astronaut", "coffee"])
@pytest.mark.parametrize("family", list(Family))
def test_a_flattened_photo_of_full_range_comes_back(family: Family, name: str) -> None:
    photo, gains = shipped(name), []
    for seed in range(4):
        bad = FAMILIES[family][Defect.LOW_CONTRAST](photo, 0.4 + 0.2 * seed, np.random.default_rng(seed))
        gains.append(psnr_db(ENHANCER.enhance(bad), photo) - psnr_db(bad, photo))
    assert np.mean(gains) > 6


@pytest.mark.parametrize("family", list(Family))
def test_photos_without_a_true_black_or_white_are_not_overdone_as_by_the_stretch(family: Family) -> None:
    gains, colour_gains = [], []
    for i, photo in enumerate([shipped("chelsea"), shipped("rocket"), *rooms()]):
        for seed in range(2):
            rng = np.random.default_rng([i, seed])
            bad = FAMILIES[family][Defect.LOW_CONTRAST](photo, 0.3 + 0.5 * seed, rng)
            result, textbook = ENHANCER.enhance(bad), stretch(bad)
            gains.append(psnr_db(result, photo) - psnr_db(textbook, photo))
            colour_gains.append(delta_e00(textbook, photo) - delta_e00(result, photo))
    assert np.mean(gains) > 0.5
    assert np.mean(colour_gains) > 0


def test_black_and_white_are_found_where_they_went() -> None:
    for low, high in ((0, 140), (60, 180), (110, 255)):
        estimate = ENHANCER.estimate(View.for_defect(Defect.LOW_CONTRAST, squeezed(shipped("astronaut"), low, high)))
        assert estimate.black_codes == pytest.approx(low, abs=8)
        assert estimate.white_codes == pytest.approx(high, abs=8)


def test_where_the_range_was_squeezed_to_hardly_matters() -> None:
    photo = shipped("coffee")
    results = [ENHANCER.enhance(squeezed(photo, low, high)) for low, high in ((0, 150), (50, 200), (105, 255))]
    for result in results:
        assert psnr_db(result, photo) > 28


def test_no_more_is_clipped_than_by_the_percentile_stretch() -> None:
    for i, photo in enumerate(rooms()):
        bad = FAMILIES[Family.SECOND][Defect.LOW_CONTRAST](photo, 0.8, np.random.default_rng(i))
        result = ENHANCER.enhance(bad)
        assert (result == 255).mean() < 0.03
        assert (result == 0).mean() < 0.03


def test_tones_rise_from_black_to_white_without_a_bend_back() -> None:
    codes = np.linspace(0, 255, 400)
    for black, white, light, midtones in itertools.product((-60, 40), (200, 320), (0, 0.5, 1), (-0.5, 0, 0.5)):
        estimate = ContrastEstimate(black, white, light, midtones, 1.0)
        tones = estimate.tones(codes)
        assert (np.diff(tones) >= 0).all()
        np.testing.assert_allclose(estimate.tones(np.array([black, white])), (0, 1), atol=1e-6)


@pytest.mark.parametrize("code", [10, 120, 240])
def test_a_photo_of_one_tone_keeps_it(code: int) -> None:
    result = ENHANCER.enhance(np.full((40, 60, 3), code, np.uint8))
    assert abs(float(result.mean()) - code) < 40
