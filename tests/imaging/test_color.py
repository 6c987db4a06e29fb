from __future__ import annotations

import numpy as np

from imaging.color import SRGB_TO_LINEAR, linear_to_srgb, luminance, srgb_to_linear
from tests.imaging.files import scene


def test_known_values() -> None:
    assert SRGB_TO_LINEAR[0] == 0
    assert SRGB_TO_LINEAR[255] == 1
    assert np.isclose(SRGB_TO_LINEAR[119], 0.1845, atol=1e-3)  # 18 % grey
    assert (np.diff(SRGB_TO_LINEAR) > 0).all()


def test_every_code_survives_the_round_trip() -> None:
    codes = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, axis=2)
    assert np.array_equal(linear_to_srgb(srgb_to_linear(codes)), codes)


def test_out_of_range_is_clipped() -> None:
    assert linear_to_srgb(np.array([[[-1, 0.5, 7]]], np.float32)).tolist() == [[[0, 188, 255]]]


def test_luminance() -> None:
    assert np.allclose(luminance(np.ones((2, 3, 3), np.float32)), 1)
    green = np.zeros((1, 1, 3), np.float32)
    green[..., 1] = 1
    assert np.isclose(luminance(green)[0, 0], 0.7152)
    assert luminance(srgb_to_linear(scene(20, 10))).shape == (10, 20)
