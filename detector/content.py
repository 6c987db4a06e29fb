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
    left, right = _inner(
        cv2.transpose(np.ascontiguousarray(view.image[top : bottom : max(1, (bottom - top) // _SAMPLES)]))
    )
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
    colour = np.median(lines[0], axis=0).astype(np.int16)
    # Most photos have no bar: their first line says so.
    if _share(lines[:1], colour)[0] < BAR_SHARE:
        return 0
    is_bar = _share(lines, colour) >= BAR_SHARE
    return len(lines) if is_bar.all() else int(np.argmin(is_bar))


def _share(lines: Image, colour: NDArray[np.int16]) -> NDArray[np.float64]:
    """Return the share of each line's pixels that are of a colour, (N,)."""
    low, high = (np.clip(colour + step, 0, 255).astype(np.float64) for step in (-NEAR_CODES, NEAR_CODES))
    near = cv2.inRange(lines, (*low, 0), (*high, 0))
    return near.mean(axis=1) / 255
