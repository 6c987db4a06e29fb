"""Retones a photo: a curve for all of it, then gains that follow its illumination rather than its pixels.

The photo is taken as illumination times reflectance (Land and McCann, "Lightness and retinex theory", JOSA 1971). An
edge-aware illumination map is made on a small copy with a guided filter (He, Sun and Tang, "Guided image filtering",
TPAMI 2013; its coefficients at a quarter of the resolution, after He and Sun, "Fast guided filter", 2015), and the gain
follows it. Differences from the literature: the small copy drives everything, gains are applied to sRGB codes in one
8-bit division (R, G and B by the same ratio, so that hue stays), and the illumination never falls below the brightness
itself, so that nothing new clips.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.image import Image, Plane
from imaging.measures.exposure import Tones

ILLUMINATIONS: NDArray[np.float64] = np.maximum((np.arange(256) / 255) ** 2, 0.5 / 255)
"""Illuminations that gains are given for: encoded sRGB in (0, 1], evenly spaced in their square root, shape (256,)."""


@dataclass(frozen=True, slots=True)
class LocalToneParams:
    """Constants of the map, chosen by eye on window frames and by PSNR on the calibration part of the brackets."""

    window: float = 1 / 8
    """Side of the guided filter's window as a share of the map's long side."""
    epsilon: float = 0.01
    """Variance (of the square root of codes in [0, 1]) above which the filter takes a step for an edge of light."""


_PARAMS = LocalToneParams()
_STRIP_ROWS = 256
"""Dividing strip by strip reuses one buffer: 15 ms instead of 18 at 12 MP (sweep over 16 to 3000)."""
_IMMERKAER = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
_QUARTILE_OF_DIFFERENCES = 6 * 0.3186
"""Lower quartile of the absolute response of that filter to white noise of deviation 1 (its norm is 6)."""
_ROOT: NDArray[np.float32] = np.sqrt(np.arange(256, dtype=np.float32) / np.float32(255))
"""Square root of codes: steps in shadows and highlights count about alike, which a filter's epsilon needs."""


def illumination(plane: Plane) -> NDArray[np.float32]:
    """Return the edge-aware illumination, as the square root of codes in [0, 1], float32 (h, w).

    Args:
        plane: Brightness of the small copy, uint8 (h, w).
    """
    height, width = plane.shape
    root: NDArray[np.float32] = cv2.LUT(plane, _ROOT)
    size = (max(1, width // 4), max(1, height // 4))
    coarse = cv2.resize(root, size, interpolation=cv2.INTER_AREA)
    side = max(1, round(_PARAMS.window * max(size))) | 1
    mean = cv2.blur(coarse, (side, side), borderType=cv2.BORDER_REFLECT)
    square = cv2.blur(coarse * coarse, (side, side), borderType=cv2.BORDER_REFLECT)
    # numpy, not cv2: the latter takes arrays of four or fewer elements for scalars.
    variance = np.maximum(square - mean * mean, 0)
    slope = variance / (variance + np.float32(_PARAMS.epsilon))
    offset = mean - slope * mean
    slope = cv2.resize(cv2.blur(slope, (side, side), borderType=cv2.BORDER_REFLECT), (width, height))
    offset = cv2.resize(cv2.blur(offset, (side, side), borderType=cv2.BORDER_REFLECT), (width, height))
    # A highlight brighter than its surroundings would be pushed over white: there the pixel itself decides.
    return np.maximum(slope * root + offset, root)


def noise_of_shadows(small: Image) -> float:
    """Return the standard deviation of the noise in the darker half of a small copy, in codes.

    Second differences both ways (Immerkaer, "Fast noise variance estimation", CVIU 1996), but their lower quartile
    instead of their mean, so that texture and edges count little.
    """
    green = cv2.extractChannel(small, 1)
    differences = cv2.convertScaleAbs(cv2.filter2D(green, cv2.CV_16S, _IMMERKAER, borderType=cv2.BORDER_REFLECT))
    dark = (green <= round(Tones(green).code(50))).view(np.uint8)
    return max(0.0, Tones(differences, dark).code(25)) / _QUARTILE_OF_DIFFERENCES


def retone(image: Image, table: NDArray[np.uint8], gains: NDArray[np.float32]) -> Image:
    """Return the photo after a lookup table and local gains of codes.

    Args:
        image: uint8 RGB (H, W, 3).
        table: uint8 (256,).
        gains: Positive, of a small copy, float32 (h, w).
    """
    height, width = image.shape[:2]
    # A photo is divided by the inverse ratio: 8 bits then round finest where the result is brightest.
    scale = 255 * float(gains.min())
    small = cv2.convertScaleAbs(np.maximum(np.float32(scale) / gains, 1))
    divisor = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    result = np.empty_like(image)
    strip = np.empty((min(height, _STRIP_ROWS), width, 3), np.uint8)
    for top in range(0, height, _STRIP_ROWS):
        rows = slice(top, min(height, top + _STRIP_ROWS))
        divisors = strip[: rows.stop - top]
        cv2.cvtColor(divisor[rows], cv2.COLOR_GRAY2RGB, dst=divisors)
        cv2.divide(cv2.LUT(image[rows], table, dst=result[rows]), divisors, dst=result[rows], scale=scale)
    return result
