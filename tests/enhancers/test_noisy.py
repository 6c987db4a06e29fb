from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from enhancers.base import CHECKPOINTS
from enhancers.noisy import WEIGHTS, build, estimate_noise
from imaging.image import Image
from imaging.measures.noise import measure_noise
from imaging.view import View
from imaging.weights import load_checkpoint, save_weights
from tests.photos import room, shipped
from training.degradations.detail import noisy
from training.metrics import psnr_db


def _with_grain(photo: Image, sigma: float) -> Image:
    grain = np.random.default_rng(1).normal(0, sigma, photo.shape)
    return np.clip(np.rint(photo + grain), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", ["astronaut", "chelsea"])
def test_beats_non_local_means_on_camera_noise(name: str) -> None:
    clean = shipped(name)
    noisy_photo = noisy(clean, 0.8, np.random.default_rng(3))
    repaired = build("cpu").enhance(noisy_photo)
    rival = cv2.fastNlMeansDenoisingColored(noisy_photo, None, 6, 6, 7, 21)
    assert psnr_db(repaired, clean) > psnr_db(noisy_photo, clean) + 2
    assert psnr_db(repaired, clean) > psnr_db(rival, clean)


def test_takes_white_noise_off_a_wall_and_keeps_edges() -> None:
    clean = room(2)
    repaired = build("cpu").enhance(_with_grain(clean, 12))
    assert psnr_db(repaired, clean) > psnr_db(_with_grain(clean, 12), clean) + 6


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket"])
def test_leaves_a_clean_photo_alone(name: str) -> None:
    clean = shipped(name)
    assert psnr_db(build("cpu").enhance(clean), clean) > 40


def test_is_blind_to_the_level() -> None:
    clean = shipped("coffee")
    enhancer = build("cpu")
    for sigma, gain_db in ((5, 2.5), (15, 5.5), (25, 7), (40, 8)):
        grainy = _with_grain(clean, sigma)
        assert psnr_db(enhancer.enhance(grainy), clean) > psnr_db(grainy, clean) + gain_db


def test_another_checkpoint_is_loaded_in_place_of_the_packaged(tmp_path: Path) -> None:
    weights = load_checkpoint(WEIGHTS, CHECKPOINTS)
    still = {name: values * (0 if name.startswith(("gains", "additions")) else 1) for name, values in weights.items()}
    path = tmp_path / "still.safetensors"
    save_weights(path, still, WEIGHTS.architecture)
    grainy = _with_grain(shipped("coffee"), 12)
    np.testing.assert_array_equal(build("cpu", path).enhance(grainy), grainy)


def test_measures_white_noise() -> None:
    grey = cv2.cvtColor(room(1), cv2.COLOR_RGB2GRAY)
    noise = np.random.default_rng(0).normal(0, 8, grey.shape)
    profile = measure_noise(np.clip(np.rint(grey + noise), 0, 255).astype(np.uint8))
    assert profile.sigma == pytest.approx(8, rel=0.15)
    assert profile.spectrum[1:, 1:].std() < 0.15 * profile.sigma


def test_measures_more_noise_where_there_is_more() -> None:
    rng = np.random.default_rng(0)
    ramp = np.tile(np.linspace(30, 220, 512), (384, 1))
    plane = np.clip(np.rint(ramp + rng.normal(0, 1, ramp.shape) * (12 - ramp / 25)), 0, 255).astype(np.uint8)
    by_code = measure_noise(plane).by_code
    assert by_code[40] > 1.5 * by_code[200]


def test_grey_photos_stay_grey() -> None:
    grey = cv2.cvtColor(cv2.cvtColor(shipped("chelsea"), cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    noise = np.random.default_rng(0).normal(0, 10, grey.shape[:2])[..., None]
    repaired = build("cpu").enhance(np.clip(grey + noise, 0, 255).astype(np.uint8))
    assert (repaired[..., 0] == repaired[..., 1]).all()
    assert (repaired[..., 0] == repaired[..., 2]).all()


@pytest.mark.parametrize("sigma", [8, 20])
@pytest.mark.parametrize("factor", [1, 2])
def test_estimates_the_noise_of_the_photo(sigma: float, factor: int) -> None:
    for name in ("astronaut", "coffee", "rocket"):
        clean = cv2.resize(shipped(name), None, fx=1.3 * factor, fy=1.3 * factor, interpolation=cv2.INTER_CUBIC)
        grain = np.random.default_rng(2).normal(0, sigma, clean.shape[:2])[..., None]
        view = View.of(np.clip(np.rint(clean + grain), 0, 255).astype(np.uint8))
        assert view.factor == factor
        assert estimate_noise(view).sigma_codes == pytest.approx(sigma, rel=0.2)


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket"])
def test_repeated_passes_do_not_smooth_on(name: str) -> None:
    enhancer = build("cpu")
    once = enhancer.enhance(shipped(name))
    twice = enhancer.enhance(once)
    assert psnr_db(twice, once) > 45
    assert psnr_db(enhancer.enhance(twice), twice) > 47
