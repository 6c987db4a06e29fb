from __future__ import annotations

import cv2
import numpy as np
import pytest

from enhancers.blur import build, estimate_blur
from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.image import Image
from imaging.measures.sharpness import measure_edge_width
from imaging.view import View
from tests.photos import room, shipped
from training.metrics import psnr_db


def _soft(photo: Image, sigma_px: float) -> Image:
    return cv2.GaussianBlur(photo, (0, 0), sigma_px)


def _shaken(photo: Image, length_px: int) -> Image:
    return linear_to_srgb(cv2.blur(srgb_to_linear(photo), (length_px, 1)))


@pytest.mark.parametrize("sigma_px", [1.3, 2.2])
def test_gains_more_than_an_unsharp_mask(sigma_px: float) -> None:
    enhancer = build("cpu")
    gains, rivals = [], []
    for name in ("astronaut", "coffee", "rocket"):
        clean = shipped(name)
        blurred = _soft(clean, sigma_px)
        mask = cv2.addWeighted(blurred, 1.6, _soft(blurred, 2), -0.6, 0)
        gains.append(psnr_db(enhancer.enhance(blurred), clean) - psnr_db(blurred, clean))
        rivals.append(psnr_db(mask, clean) - psnr_db(blurred, clean))
    assert np.mean(gains) > 0.5
    assert np.mean(gains) > np.mean(rivals)


def test_undoes_camera_shake() -> None:
    clean = shipped("astronaut")
    shaken = _shaken(clean, 9)
    assert psnr_db(build("cpu").enhance(shaken), clean) > psnr_db(shaken, clean) + 0.5


def test_bounds_halos() -> None:
    step = np.full((200, 300, 3), 80, np.uint8)
    step[:, 150:] = 170
    repaired = build("cpu").enhance(_soft(step, 2.5))
    assert repaired.min() > 80 - 40
    assert repaired.max() < 170 + 40


def test_measures_the_width_of_edges() -> None:
    luma = cv2.cvtColor(room(3, 640, 480), cv2.COLOR_RGB2GRAY)
    assert measure_edge_width(luma).sigma_px < 0.8
    for sigma_px in (1.5, 2.5):
        width = measure_edge_width(cv2.GaussianBlur(luma, (0, 0), sigma_px)).sigma_px
        assert width == pytest.approx(sigma_px, rel=0.3)


def test_measures_shake_along_its_direction() -> None:
    luma = cv2.cvtColor(shipped("astronaut"), cv2.COLOR_RGB2GRAY)
    covariance = measure_edge_width(cv2.blur(luma, (11, 1))).covariance
    assert covariance[0, 0] > 3 * covariance[1, 1]


def test_a_large_photo_is_sharpened_at_viewing_size() -> None:
    clean = cv2.resize(shipped("astronaut"), (1400, 1400), interpolation=cv2.INTER_CUBIC)
    blurred = _soft(clean, 6)
    assert psnr_db(build("cpu").enhance(blurred), clean) > psnr_db(blurred, clean) + 0.5


@pytest.mark.parametrize("sigma_px", [1.0, 2.0, 4.0])
def test_estimates_the_width_of_the_blur(sigma_px: float) -> None:
    estimates = [
        estimate_blur(View.of(_soft(shipped(name), sigma_px))).sigma_px for name in ("astronaut", "coffee", "rocket")
    ]
    assert np.median(estimates) == pytest.approx(sigma_px, rel=0.2)


def test_estimates_the_width_in_pixels_of_the_photo_from_a_reduced_view() -> None:
    estimates = []
    for name in ("astronaut", "coffee", "rocket"):
        large = cv2.resize(shipped(name), None, fx=2.6, fy=2.6, interpolation=cv2.INTER_CUBIC)
        view = View.of(_soft(large, 5))
        assert view.factor == 2
        estimates.append(estimate_blur(view).sigma_px)
    assert np.median(estimates) == pytest.approx(5, rel=0.2)
