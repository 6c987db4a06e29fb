"""Percentiles are what they are called."""

from __future__ import annotations

import numpy as np
import pytest

from imaging.measures.exposure import Tones, channel_max, channel_min, smoothstep


def test_percentiles_agree_with_numpy() -> None:
    plane = np.random.default_rng(0).integers(20, 230, (120, 160), dtype=np.uint8)
    for percent in (1, 25, 50, 75, 99):
        assert Tones(plane).code(percent) == pytest.approx(np.percentile(plane, percent), abs=1)


def test_a_mask_leaves_pixels_out() -> None:
    plane = np.zeros((10, 10), np.uint8)
    plane[:3] = 200
    assert Tones(plane, (plane > 0).view(np.uint8)).code(50) == 200


def test_largest_and_smallest_channel() -> None:
    photo = np.array([[[10, 200, 30]]], np.uint8)
    assert channel_max(photo)[0, 0] == 200
    assert channel_min(photo)[0, 0] == 10


def test_smoothstep_has_flat_ends() -> None:
    assert smoothstep(-1, 0, 1) == 0
    assert smoothstep(2, 0, 1) == 1
    assert smoothstep(0.5, 0, 1) == 0.5
    assert smoothstep(0.01, 0, 1) < 0.001
