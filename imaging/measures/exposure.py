"""Where the tones of a photo lie."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.image import Image, Plane


def smoothstep(value: float, low: float, high: float) -> float:
    """Return 0 below `low`, 1 above `high` and a cubic with flat ends between."""
    t = min(1.0, max(0.0, (value - low) / (high - low)))
    return t * t * (3 - 2 * t)


def channel_max(image: Image) -> Plane:
    """Return the largest of R, G and B of each pixel, uint8 (H, W)."""
    red, green, blue = cv2.split(image)
    return cv2.max(cv2.max(red, green), blue)


def channel_min(image: Image) -> Plane:
    """Return the smallest of R, G and B of each pixel, uint8 (H, W)."""
    red, green, blue = cv2.split(image)
    return cv2.min(cv2.min(red, green), blue)


class Tones:
    """The distribution of a plane's codes.

    Args:
        plane: uint8 (H, W), e.g. `channel_max` of a thumbnail.
        mask: Counts only pixels where it is not 0 (at least one), uint8 (H, W); all when None.
    """

    def __init__(self, plane: Plane, mask: Plane | None = None) -> None:
        histogram = cv2.calcHist([plane], [0], mask, [256], [0, 256]).ravel()
        cumulated = np.cumsum(histogram, dtype=np.float32)
        self._cumulated: NDArray[np.float32] = cumulated / cumulated[-1]

    def code(self, percent: float) -> float:
        """Return the code in [0, 255] below which `percent` of the pixels lie, interpolated between codes."""
        share = percent / 100
        index = int(np.searchsorted(self._cumulated, share))
        if index >= 255:
            return 255.0
        below = float(self._cumulated[index - 1]) if index else 0.0
        here = float(self._cumulated[index]) - below
        return index - 0.5 + (share - below) / here if here > 0 else float(index)
