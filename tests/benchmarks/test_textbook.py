from __future__ import annotations

import numpy as np
import pytest

from benchmarks.textbook import TEXTBOOK, hough_tilt_deg, noise_sigma
from benchmarks.trials import damaged
from imaging.defects import Defect
from imaging.image import Image
from tests.photos import room, shipped
from training.degradations.geometry import tilt
from training.metrics import psnr_db


def test_every_defect_that_is_measured_in_decibels_has_operators() -> None:
    assert TEXTBOOK.keys() == set(Defect) - {Defect.ROTATION}


@pytest.mark.parametrize("defect", TEXTBOOK)
def test_the_best_operator_helps(defect: Defect) -> None:
    trials = damaged(defect, [shipped("coffee"), shipped("chelsea")])
    before = np.mean([psnr_db(trial.degraded, trial.reference) for trial in trials])
    after = [
        np.mean([psnr_db(operator(trial.degraded), trial.reference) for trial in trials])
        for operator in TEXTBOOK[defect].values()
    ]
    assert max(after) > before


@pytest.mark.parametrize(
    "image", [np.zeros((64, 64, 3), np.uint8), np.full((65, 63, 3), 255, np.uint8)], ids=["black", "white"]
)
@pytest.mark.parametrize("defect", TEXTBOOK)
def test_operators_survive_photos_without_anything_in_them(defect: Defect, image: Image) -> None:
    for operator in TEXTBOOK[defect].values():
        assert operator(image).shape == image.shape
        assert operator(image).dtype == np.uint8


def test_noise_is_measured() -> None:
    noise = np.random.default_rng(0).normal(0, 10, (256, 256, 1))
    grey = np.clip(np.rint(128 + noise), 0, 255).astype(np.uint8).repeat(3, axis=2)
    assert noise_sigma(grey) == pytest.approx(10, abs=0.5)


@pytest.mark.parametrize("angle_deg", [-5.0, 3.0])
def test_hough_lines_tell_a_tilt(angle_deg: float) -> None:
    assert hough_tilt_deg(tilt(room(0), angle_deg)) == pytest.approx(angle_deg, abs=2)
