from __future__ import annotations

import cv2
import numpy as np
import pytest

from detector.sharpness import BLUR_THRESHOLDS, blur_severity
from enhancers.blur import build
from imaging.defects import Sensitivity
from imaging.view import View
from tests.photos import room, shipped
from training.degradations.detail import noisy


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket"])
def test_a_sharp_photo_is_not_blurred(name: str) -> None:
    assert blur_severity(View.of(shipped(name))) < BLUR_THRESHOLDS[Sensitivity.NORMAL]


def test_severity_grows_with_blur() -> None:
    severities = [blur_severity(View.of(cv2.GaussianBlur(room(1), (0, 0), s))) for s in (0.4, 1.2, 2.0, 3.0)]
    assert severities == sorted(severities)
    assert severities[1] > BLUR_THRESHOLDS[Sensitivity.NORMAL]


def test_shake_counts_though_edges_along_it_are_sharp() -> None:
    assert blur_severity(View.of(cv2.blur(shipped("astronaut"), (9, 1)))) > BLUR_THRESHOLDS[Sensitivity.NORMAL]


def test_neither_dark_nor_flat_photos_are_blurred() -> None:
    assert (
        blur_severity(View.of(cv2.convertScaleAbs(shipped("coffee"), alpha=0.3))) < BLUR_THRESHOLDS[Sensitivity.NORMAL]
    )
    assert (
        blur_severity(View.of(cv2.convertScaleAbs(shipped("coffee"), alpha=0.3, beta=120)))
        < BLUR_THRESHOLDS[Sensitivity.NORMAL]
    )


def test_a_sharp_subject_before_a_soft_background_is_not_blurred() -> None:
    sharp = shipped("astronaut")
    photo = cv2.GaussianBlur(sharp, (0, 0), 4)
    photo[100:400, 100:400] = sharp[100:400, 100:400]
    assert blur_severity(View.of(photo)) < BLUR_THRESHOLDS[Sensitivity.NORMAL]


def test_noise_does_not_hide_blur() -> None:
    blurred = cv2.GaussianBlur(shipped("astronaut"), (0, 0), 2.5)
    assert blur_severity(View.of(noisy(blurred, 0.4, np.random.default_rng(0)))) > BLUR_THRESHOLDS[Sensitivity.NORMAL]


def test_falls_after_the_repair() -> None:
    photo = cv2.GaussianBlur(shipped("astronaut"), (0, 0), 2)
    assert blur_severity(View.of(build("cpu").enhance(photo))) < blur_severity(View.of(photo))


@pytest.mark.parametrize("shape", [(1, 1), (7, 300), (17, 17), (40, 40)])
def test_judges_any_photo(shape: tuple[int, int]) -> None:
    assert blur_severity(View.of(np.full((*shape, 3), 90, np.uint8))) == 0
