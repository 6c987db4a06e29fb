"""Where the tones of a photo begin, lie and end: what small networks are told of it.

The outermost shares tell most: nearly every photo holds something black and something white, so that its extremes show
where these went. An averaged copy has lost them; the small copy is sampled, and has most of them still.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.color import SRGB_TO_LINEAR
from imaging.image import Image, Plane
from imaging.measures.exposure import channel_max, channel_min

PERCENTS = (0, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 25, 50, 75, 90, 97, 98, 99, 99.7, 99.9, 99.97, 99.99, 100)
"""Of the pixels lie at or below the code that stands for it."""

BRIGHTEST, DARKEST, LUMA = range(3)

LOG_LIGHT: NDArray[np.float32] = (1 + np.log2(SRGB_TO_LINEAR + np.float32(2.0**-10)) / 5).astype(np.float32)
"""Linear light of each code on a log scale, in [-1, 1]: a stop is a tenth of the range."""


def percentiles(small: Image) -> NDArray[np.intp]:
    """Return the codes at `PERCENTS` of the brightest channel, of the darkest one and of luma, in that order.

    Args:
        small: A small copy that was sampled, not averaged (`imaging.view.small_copy`), uint8 RGB (h, w, 3).

    Returns:
        Codes in [0, 255], shape (3, len(PERCENTS)).
    """
    planes = (channel_max(small), channel_min(small), cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))
    return np.stack([codes_at(plane, PERCENTS) for plane in planes])


def codes_at(plane: Plane, percents: Sequence[float]) -> NDArray[np.intp]:
    """Return the least codes at or below which so many percent of the pixels lie, at least one of them."""
    histogram = cv2.calcHist([plane], [0], None, [256], [0, 256]).ravel()
    ranks = np.maximum(np.ceil(np.array(percents) / 100 * plane.size), 1)
    return np.searchsorted(np.cumsum(histogram), ranks)
