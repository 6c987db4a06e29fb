from __future__ import annotations

import numpy as np
import pytest

from imaging.measures.colour_temperature import TEMPERATURES_K, duv, temperature_k

D65 = np.ones(3)
ILLUMINANT_A = np.array([1.8452, 0.8262, 0.2333])
"""Linear sRGB of CIE standard illuminant A (xy 0.4476, 0.4074), luminance 1."""


def test_daylight_and_a_bulb_have_the_temperatures_and_tints_of_the_standards() -> None:
    assert temperature_k(D65) == pytest.approx(6504, abs=10)
    assert duv(D65) == pytest.approx(0.0032, abs=2e-4)
    assert temperature_k(ILLUMINANT_A) == pytest.approx(2856, rel=0.02)
    assert duv(ILLUMINANT_A) == pytest.approx(0, abs=1e-3)


def test_brightness_does_not_count() -> None:
    assert temperature_k(3 * ILLUMINANT_A) == pytest.approx(temperature_k(ILLUMINANT_A))
    assert duv(3 * ILLUMINANT_A) == pytest.approx(duv(ILLUMINANT_A))


def test_green_is_positive_and_magenta_negative() -> None:
    assert duv(np.array([1, 1.3, 1])) > duv(D65) + 0.01
    assert duv(np.array([1.3, 1, 1.3])) < duv(D65) - 0.01


def test_warmer_is_lower_and_all_lights_have_some_temperature() -> None:
    found = [temperature_k(np.exp([warmth, 0, -warmth])) for warmth in np.linspace(1.5, -1.5, 31)]
    assert np.all(np.diff(found) >= 0)
    low, high = TEMPERATURES_K
    assert low <= found[0] < 2500
    assert found[-1] == high
