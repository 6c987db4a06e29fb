"""Conversions between encoded sRGB, linear light and luma."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.image import Image

_CODES = np.arange(256, dtype=np.float64) / 255
SRGB_TO_LINEAR: NDArray[np.float32] = np.where(
    _CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4
).astype(np.float32)
"""Linear light in [0, 1] of each 8-bit sRGB code (IEC 61966-2-1), shape (256,)."""

LUMA_WEIGHTS_LINEAR = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Luminance of linear RGB with BT.709 primaries."""


def srgb_to_linear(image: Image) -> NDArray[np.float32]:
    """Return linear light in [0, 1], float32 of the same shape, of encoded sRGB uint8."""
    return SRGB_TO_LINEAR[image]


def linear_to_srgb(linear: NDArray[np.float32]) -> Image:
    """Return sRGB codes, uint8 of the same shape, of linear light; values outside [0, 1] are clipped."""
    return np.rint(encode_srgb(linear) * 255).astype(np.uint8)


def encode_srgb(linear: NDArray[Any]) -> NDArray[Any]:
    """Return sRGB in [0, 1], not rounded to codes, of linear light (IEC 61966-2-1); values outside are clipped."""
    clipped = np.clip(linear, 0, 1)
    return np.where(clipped <= 0.0031308, clipped * 12.92, 1.055 * np.power(clipped, 1 / 2.4) - 0.055)


def luminance(linear: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return relative luminance, float32 (H, W), of linear RGB (H, W, 3)."""
    return cv2.transform(linear, LUMA_WEIGHTS_LINEAR[None, :])
