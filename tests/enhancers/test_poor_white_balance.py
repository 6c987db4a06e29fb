from __future__ import annotations

import numpy as np
import pytest

from enhancers.poor_white_balance import build, neutralising_gains, restore_clipped
from imaging.color import LUMA_WEIGHTS_LINEAR, linear_to_srgb, srgb_to_linear
from imaging.defects import Defect
from imaging.image import Image
from imaging.measures.illuminant import Illuminant, estimate_illuminant
from imaging.view import View
from tests.photos import clean_photos, grey, room, shipped
from training.degradations import DEGRADATIONS
from training.metrics import delta_e00, psnr_db

ENHANCER = build("cpu")


def under(light: tuple[float, float, float], photo: Image) -> Image:
    """A photo as it looks under a light of that colour."""
    return linear_to_srgb(srgb_to_linear(photo) * np.array(light, np.float32))


def angle_deg(illuminant: Illuminant, light: tuple[float, float, float]) -> float:
    estimate = np.exp([illuminant.red, 0, illuminant.blue])
    cosine = estimate @ light / np.linalg.norm(estimate) / np.linalg.norm(light)
    return float(np.degrees(np.arccos(min(1.0, cosine))))


WARM, COLD, GREEN = (1.0, 0.75, 0.42), (0.6, 0.8, 1.0), (0.75, 1.0, 0.72)


@pytest.mark.parametrize("light", [WARM, COLD], ids=["warm", "cold"])
def test_the_light_is_found_within_a_few_degrees(light: tuple[float, float, float]) -> None:
    errors = [angle_deg(estimate_illuminant(View(under(light, p)).thumbnail), light) for p in clean_photos()]
    assert np.median(errors) < 4, np.round(errors, 1)


@pytest.mark.parametrize("light", [WARM, COLD, GREEN], ids=["warm", "cold", "green"])
def test_a_cast_is_taken_out_of_a_room(light: tuple[float, float, float]) -> None:
    for seed in range(3):
        bad = under(light, room(seed))
        repaired = ENHANCER.enhance(bad)
        means = srgb_to_linear(repaired).mean(axis=(0, 1))
        was = srgb_to_linear(bad).mean(axis=(0, 1))
        clean = srgb_to_linear(room(seed)).mean(axis=(0, 1))

        def off(mean: np.ndarray, clean: np.ndarray = clean) -> float:
            chroma = np.log(mean / mean[1]) - np.log(clean / clean[1])
            return float(np.abs(chroma).max())

        assert off(means) < 0.4 * off(was)


def test_colours_come_back() -> None:
    gains_db, differences = [], []
    for i, photo in enumerate(clean_photos()):
        bad = DEGRADATIONS[Defect.POOR_WHITE_BALANCE](photo, 0.6, np.random.default_rng(i))
        repaired = ENHANCER.enhance(bad)
        gains_db.append(psnr_db(repaired, photo) - psnr_db(bad, photo))
        differences.append(delta_e00(bad, photo) - delta_e00(repaired, photo))
    assert np.mean(gains_db) > 5
    assert np.mean(differences) > 3


def test_a_grey_photo_is_left_alone() -> None:
    photo = grey(shipped("astronaut"))
    np.testing.assert_array_equal(ENHANCER.enhance(photo), photo)


def test_clipped_white_stays_white_without_a_tint() -> None:
    photo = np.array(under(WARM, room(1)))
    photo[:120, :160] = 255
    repaired = ENHANCER.enhance(photo)
    assert psnr_db(repaired, photo) < 40, "the cast is repaired"
    white = repaired[10:110, 10:150]
    assert white.min() >= 240
    assert int(np.ptp(white, axis=2).max()) <= 12


def test_a_neutral_ramp_under_the_light_comes_out_neutral_even_where_it_clips() -> None:
    illuminant = Illuminant(0.3, -0.5, 9.0)
    ramp = np.linspace(0.05, 1.2, 200)[None, :, None] * np.exp([0.3, 0, -0.5]) * 0.9
    photo = linear_to_srgb(ramp.astype(np.float32))
    assert (photo[..., 0] == 255).mean() > 0.2, "red clips"
    gains = neutralising_gains(illuminant, photo, 1.0)
    result = linear_to_srgb(srgb_to_linear(photo) * gains)
    assert np.ptp(result, axis=2).max() > 20, "so highlights would turn cyan"
    restore_clipped(photo, result, gains)
    assert np.ptp(result.astype(int), axis=2).max() <= 6


def test_a_red_flower_is_not_taken_for_a_clipped_white() -> None:
    photo = np.full((4, 4, 3), (255, 60, 50), np.uint8)
    gains = np.array([0.7, 1.0, 1.5], np.float32)
    result = linear_to_srgb(srgb_to_linear(photo) * gains)
    before = result.copy()
    restore_clipped(photo, result, gains)
    np.testing.assert_array_equal(result, before)


def test_luminance_is_kept() -> None:
    bad = under(WARM, room(2))
    before, after = (float((srgb_to_linear(p) @ LUMA_WEIGHTS_LINEAR).mean()) for p in (bad, ENHANCER.enhance(bad)))
    assert after == pytest.approx(before, rel=0.05)
