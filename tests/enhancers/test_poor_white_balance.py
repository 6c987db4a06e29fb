from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from enhancers.poor_white_balance import LightEstimate, build, curves, restore_clipped
from imaging.color import LUMA_WEIGHTS_LINEAR, SRGB_TO_LINEAR, linear_to_srgb, srgb_to_linear
from imaging.defects import Defect
from imaging.image import Image
from imaging.measures.illuminant import Illuminant, estimate_illuminant
from imaging.measures.light_colour import Cast
from imaging.view import View
from tests.photos import clean_photos, grey, room, shipped
from training.degradations import FAMILIES, Family
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


@pytest.mark.parametrize("hue_deg", range(0, 360, 45))
def test_a_strong_cast_of_any_hue_is_taken_out_mostly(hue_deg: int) -> None:
    gains = np.exp(0.45 * np.cos(np.radians(hue_deg - np.array([0, 120, 240]))))
    light = (float(gains[0]), float(gains[1]), float(gains[2]))
    left = []
    for seed in range(3):
        bad = under(light, room(seed) // 2)
        left.append(delta_e00(ENHANCER.enhance(bad), room(seed) // 2) / delta_e00(bad, room(seed) // 2))
    assert np.mean(left) < 0.35, left


@pytest.mark.parametrize("family", Family)
def test_colours_come_back(family: Family) -> None:
    gains_db, differences = [], []
    for i, photo in enumerate(clean_photos()):
        bad = FAMILIES[family][Defect.POOR_WHITE_BALANCE](photo, 0.6, np.random.default_rng(i))
        repaired = ENHANCER.enhance(bad)
        gains_db.append(psnr_db(repaired, photo) - psnr_db(bad, photo))
        differences.append(delta_e00(bad, photo) - delta_e00(repaired, photo))
    assert np.mean(gains_db) > 3.5
    assert np.mean(differences) > 2.5


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
    ramp = np.linspace(0.05, 1.2, 200)[None, :, None] * np.exp([0.3, 0, -0.5]) * 0.9
    photo = linear_to_srgb(ramp.astype(np.float32))
    assert (photo[..., 0] == 255).mean() > 0.2, "red clips"
    table = curves(Cast(Illuminant(0.3, -0.5, 9.0), (1.0, 1.0, 1.0), 1.0, 9.0), photo, 1.0)
    result = np.take_along_axis(linear_to_srgb(table), photo.reshape(-1, 3), axis=0).reshape(photo.shape)
    assert np.ptp(result, axis=2).max() > 20, "so highlights would turn cyan"
    restore_clipped(photo, result, table[255])
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


CAST = Cast(Illuminant(0.5, -0.3, 9.0), (1.2, 1.0, 0.8), 1.1, 9.0)


def test_the_curves_undo_the_exponents_and_gains_of_a_cast() -> None:
    photo = room(0) // 2 + 40
    undone = curves(CAST, photo, 1.0)
    grey = srgb_to_linear(np.arange(10, 200, dtype=np.uint8))[:, None]
    made = 0.18 * (grey / 0.18 * np.exp([0.5, 0.0, -0.3])) ** (1 / np.array(CAST.exponents))
    codes = SRGB_TO_LINEAR.astype(np.float64)
    seen = np.stack([np.interp(made[:, i], codes, undone[:, i]) for i in range(3)], axis=1)
    inside = made.max(axis=1) < 1
    np.testing.assert_allclose(seen[inside, 0] / seen[inside, 1], 1, atol=0.2)
    np.testing.assert_allclose(seen[inside, 2] / seen[inside, 1], 1, atol=0.2)


def test_the_curves_rise_and_follow_the_strength_evenly() -> None:
    photo = room(1)
    whole = curves(CAST, photo, 1.0)
    assert np.all(np.diff(whole, axis=0) > 0)
    steps = [linear_to_srgb(curves(CAST, photo, amount)).astype(int) for amount in np.linspace(0, 1, 21)]
    np.testing.assert_array_equal(steps[0], np.arange(256)[:, None].repeat(3, axis=1))
    assert max(np.abs(b - a).max() for a, b in pairwise(steps)) <= 6


def test_the_light_is_described_by_its_temperature_and_tint() -> None:
    for light, low, high in ((WARM, 2000, 5000), (COLD, 8000, 25000), ((1.0, 1.0, 1.0), 5500, 7600)):
        described = ENHANCER.estimate(View(under(light, room(0)))).described()
        assert low < described["temperature_k"] < high
    green, magenta = (
        ENHANCER.estimate(View(under(light, room(0)))).described()["tint_duv"] for light in (GREEN, (1.0, 0.75, 1.0))
    )
    assert magenta < 0 < green


def test_a_cast_is_no_estimate_of_a_grey_photo() -> None:
    estimate = ENHANCER.estimate(View(grey(room(0))))
    assert isinstance(estimate, LightEstimate)
    assert estimate.described()["temperature_k"] == pytest.approx(6504, abs=10)
