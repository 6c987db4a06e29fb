"""Lets colour follow brightness again where a JPEG has smeared it.

JPEG keeps colour at half the resolution and quantises it twice as coarsely, so that it runs over edges which luma still
shows. Around each pixel chroma is taken as a line in luma: the guided filter (He, Sun and Tang, "Guided image
filtering", TPAMI 2013), with luma as its guide, on a copy of half the size, where chroma lives.
"""

from __future__ import annotations

import cv2
import numpy as np

from imaging.image import Image

FLATNESS = 4.0
"""Variance of luma, codes squared, under which chroma is averaged rather than told from luma."""

FULL_CHANGE = 3.0
"""Mean change of a repair, codes, from which colour is smeared for certain. A clean photo, which a repair hardly
changes, keeps its colours: at 55.9 dB on average, of 57.0."""

LARGEST_COPY = 1_250_000
"""Pixels of the copy at most: the network that repairs the rest sees photos over 5 MP at half their size, too."""

_WINDOW = (3, 3)
_CHANGE_WINDOW = (5, 5)
_SUM = np.ones((1, 3), np.float32)


def without_smear(repaired: Image, damaged: Image, share: float) -> Image:
    """Return a repaired photo with its colours drawn to its edges where the repair found damage; luma stays.

    Args:
        repaired: uint8 RGB (H, W, 3).
        damaged: What it was before, of the same shape.
        share: Of the change of colour that is made, in [0, 1].
    """
    height, width = repaired.shape[:2]
    factor = 2
    while height * width > LARGEST_COPY * factor**2:
        factor *= 2
    if min(height, width) < 2 * factor:
        return repaired
    size = width // factor, height // factor
    small = cv2.resize(repaired, size, interpolation=cv2.INTER_AREA)
    luma, *chromas = cv2.split(cv2.cvtColor(small.astype(np.float32), cv2.COLOR_RGB2YCrCb))
    changes = cv2.resize(cv2.absdiff(repaired, damaged), size, interpolation=cv2.INTER_AREA)
    change = cv2.transform(cv2.blur(changes, _CHANGE_WINDOW), _SUM).astype(np.float32)
    # The change is that share of the whole repair's already.
    weight = np.minimum(change / (3 * FULL_CHANGE), share)
    mean = cv2.blur(luma, _WINDOW)
    spread = cv2.blur(luma * luma, _WINDOW) - mean * mean + FLATNESS
    moves = []
    for chroma in chromas:
        middle = cv2.blur(chroma, _WINDOW)
        slope = (cv2.blur(luma * chroma, _WINDOW) - mean * middle) / spread
        offset = middle - slope * mean
        moves.append(weight * (cv2.blur(slope, _WINDOW) * luma + cv2.blur(offset, _WINDOW) - chroma))
    red, blue = moves
    # Cr and Cb to RGB (ITU-T T.871).
    move = np.rint(cv2.merge([1.402 * red, -0.714136 * red - 0.344136 * blue, 1.772 * blue])).astype(np.int16)
    return cv2.add(repaired, cv2.resize(move, (width, height), interpolation=cv2.INTER_LINEAR), dtype=cv2.CV_8U)
