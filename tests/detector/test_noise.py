from __future__ import annotations

import cv2
import numpy as np
import pytest

from detector.noise import NOISY_THRESHOLDS, noise_severity
from enhancers.noisy import build
from imaging.defects import Sensitivity
from imaging.view import View
from tests.photos import room, shipped
from training.degradations.detail import noisy


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket"])
def test_a_clean_photo_is_not_noisy(name: str) -> None:
    assert noise_severity(View.of(shipped(name))) < NOISY_THRESHOLDS[Sensitivity.NORMAL]


def test_fine_texture_is_no_noise() -> None:
    photo = np.array(room(0))
    grass = np.random.default_rng(0).normal(100, 40, (120, 480, 1))
    photo[240:] = np.clip(grass, 0, 255).astype(np.uint8)
    assert noise_severity(View.of(photo)) < NOISY_THRESHOLDS[Sensitivity.NORMAL]


def test_severity_grows_with_noise_and_is_found() -> None:
    severities = [
        noise_severity(View.of(noisy(shipped("astronaut"), s, np.random.default_rng(0)))) for s in (0.2, 0.6, 1.0)
    ]
    assert severities == sorted(severities)
    assert severities[1] > NOISY_THRESHOLDS[Sensitivity.NORMAL]


def test_a_dark_photo_is_judged_as_seen() -> None:
    dark = cv2.convertScaleAbs(shipped("coffee"), alpha=0.15)
    assert noise_severity(View.of(dark)) < NOISY_THRESHOLDS[Sensitivity.NORMAL]


def test_falls_after_the_repair() -> None:
    photo = noisy(shipped("chelsea"), 0.7, np.random.default_rng(0))
    assert noise_severity(View.of(build("cpu").enhance(photo))) < 0.5 * noise_severity(View.of(photo))


@pytest.mark.parametrize("shape", [(1, 1), (7, 300), (9, 9), (40, 40)])
@pytest.mark.parametrize("code", [0, 128, 255])
def test_judges_any_photo(shape: tuple[int, int], code: int) -> None:
    assert noise_severity(View.of(np.full((*shape, 3), code, np.uint8))) == 0
