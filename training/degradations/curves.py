"""Tone curves that cameras and programs put between light and codes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from imaging.color import SRGB_TO_LINEAR
from imaging.image import Image
from training.degradations.camera import Linear

_LIGHT: NDArray[np.float64] = np.concatenate([[0.0], np.geomspace(1e-5, 64, 2000)])
"""Scene light at which a curve is tabulated: from far below a code to six stops over white."""

Curve = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Scene light, 1 is the white of a well exposed photo, to encoded values in [0, 1]."""


class ToneCurve:
    """A monotone curve as a table, and its inverse.

    Args:
        curve: The curve.
    """

    def __init__(self, curve: Curve) -> None:
        self._codes = np.maximum.accumulate(np.clip(curve(_LIGHT), 0, 1))

    def develop(self, light: Linear) -> Image:
        """Return codes, uint8 of the same shape, of scene light."""
        return np.rint(255 * np.interp(light, _LIGHT, self._codes)).astype(np.uint8)

    def scene(self, image: Image) -> Linear:
        """Return the scene light that a photo's codes stand for; of white, where it clipped."""
        rising = np.concatenate([[True], np.diff(self._codes) > 1e-7])
        codes = np.interp(np.arange(256) / 255, self._codes[rising], _LIGHT[rising])
        return codes.astype(np.float32)[image]


def random_curve(rng: np.random.Generator) -> ToneCurve:
    """Draw a curve: sRGB, a power, a film's toe and shoulder, or a camera's S, each with a shoulder of its own.

    Powers of 1.8 to 2.4 are displays'; the film curve is Hable's ("Uncharted 2: HDR lighting", GDC 2010); the S about
    mid grey is how cameras' responses differ from a power (Grossberg and Nayar, "Modeling the space of camera response
    functions", TPAMI 2004).
    """
    kind = int(rng.integers(4))
    knee = float(rng.choice([1.0, rng.uniform(0.5, 0.95)]))
    if kind == 0:
        return ToneCurve(lambda light: _srgb(_rolled(light, knee)))
    if kind == 1:
        exponent = 1 / float(rng.uniform(1.8, 2.4))
        return ToneCurve(lambda light: _rolled(light, knee) ** exponent)
    if kind == 2:
        white = float(rng.uniform(3, 11))
        return ToneCurve(lambda light: _srgb(_film(light * 2) / _film(np.array(white))))
    contrast, exponent = float(rng.uniform(1.1, 1.6)), 1 / 2.2

    def s_shaped(light: NDArray[np.float64]) -> NDArray[np.float64]:
        code = _rolled(light, knee) ** exponent
        low = 0.5 * (2 * np.minimum(code, 0.5)) ** contrast
        high = 1 - 0.5 * (2 * (1 - np.maximum(code, 0.5))) ** contrast
        return np.where(code < 0.5, low, high)

    return ToneCurve(s_shaped)


def _srgb(light: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.interp(np.clip(light, 0, 1), SRGB_TO_LINEAR.astype(np.float64), np.arange(256) / 255)


def _rolled(light: NDArray[np.float64], knee: float) -> NDArray[np.float64]:
    """Linear below the knee, an exponential approach to 1 above; 1 clips."""
    if knee >= 1:
        return np.minimum(light, 1)
    return np.where(light <= knee, light, 1 - (1 - knee) * np.exp(-np.maximum(light - knee, 0) / (1 - knee)))


def _film(light: NDArray[np.float64]) -> NDArray[np.float64]:
    shoulder, linear, angle, toe, toe_top, toe_bottom = 0.15, 0.50, 0.10, 0.20, 0.02, 0.30
    top = light * (shoulder * light + angle * linear) + toe * toe_top
    return top / (light * (shoulder * light + linear) + toe * toe_bottom) - toe_top / toe_bottom
