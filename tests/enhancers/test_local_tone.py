from __future__ import annotations

import numpy as np
import pytest

from enhancers.local_tone import local_gains, retone, tone_table


def test_a_flat_curve_changes_nothing_and_strength_scales_it() -> None:
    np.testing.assert_array_equal(tone_table(np.zeros(16, np.float32), 1.0), np.arange(256))
    curve = np.full(16, 1.0, np.float32)
    assert tone_table(curve, 1.0)[60] == 120
    assert tone_table(curve, 0.5)[60] == round(60 * 2**0.5)
    assert (np.diff(tone_table(np.linspace(3, -3, 16, dtype=np.float32), 1.0).astype(int)) >= 0).all()


def test_gains_follow_place_and_light() -> None:
    grid = np.zeros((8, 8, 8), np.float32)
    grid[0] = 1.0
    light = np.zeros((40, 60), np.float32)
    light[:, 30:] = 1
    gains = local_gains(grid, light, 1.0)
    np.testing.assert_allclose(gains[:, :30], 2, rtol=1e-5)
    np.testing.assert_allclose(gains[:, 30:], 1, rtol=1e-5)


def test_gains_are_applied_at_full_size() -> None:
    photo = np.full((300, 400, 3), 50, np.uint8)
    gains = np.ones((30, 40), np.float32)
    gains[:, 20:] = 2
    result = retone(photo, np.arange(256, dtype=np.uint8), gains)
    assert result[:, :150].mean() == pytest.approx(50, abs=1)
    assert result[:, 250:].mean() == pytest.approx(100, abs=1)
