"""The photo within a view: bars of one colour above, below or beside it are not part of what is judged.

Letterboxes, borders, and the bars of a phone's gallery, on which stand icons and the time.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.image import Image
from imaging.view import View

NEAR_CODES = 6
"""Codes from the bar's colour within which a pixel belongs to it; JPEG rings that far."""
BAR_SHARE = 0.8
"""Share of such pixels in a row or column of a bar: icons and letters take the rest."""
LEAST_CONTENT = 0.2
"""Share of the view that must be left: a smaller picture is part of something drawn."""
_SAMPLES = 160
"""Pixels looked at of each row and column."""


def without_bars(view: View) -> View:
    """Return the view without bars, the same object where it has none."""
    height, width = view.image.shape[:2]
    top, bottom = _inner(view.image[:, :: max(1, width // _SAMPLES)])
    left, right = _inner(cv2.transpose(view.image[top : bottom : max(1, (bottom - top) // _SAMPLES)]))
    rows, columns = bottom - top, right - left
    if (rows, columns) == (height, width) or rows * columns < LEAST_CONTENT * height * width:
        return view
    return View(np.ascontiguousarray(view.image[top:bottom, left:right]), view.factor, view.jpeg_quality)


def _inner(lines: Image) -> tuple[int, int]:
    """Return where the lines that are no bar begin and end, uint8 RGB (N, samples, 3)."""
    count = len(lines)
    first, last = _bar(lines), count - _bar(lines[::-1])
    # The line next to a bar mixes with it when the view was reduced.
    first, last = first + (first > 0), last - (last < count)
    return (first, last) if first < last else (0, count)


def _bar(lines: Image) -> int:
    """Return how many lines from the start on are a bar of the first one's colour."""
    colour = np.median(lines[0], axis=0)
    near: NDArray[np.bool_] = (np.abs(lines.astype(np.int16) - colour.astype(np.int16)) <= NEAR_CODES).all(axis=2)
    is_bar = near.mean(axis=1) >= BAR_SHARE
    return len(lines) if is_bar.all() else int(np.argmin(is_bar))
