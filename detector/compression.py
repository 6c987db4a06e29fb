"""Sees JPEG artefacts."""

from __future__ import annotations

import numpy as np

from detector.base import ramp
from imaging.measures.blockiness import find_grid
from imaging.measures.noise import BLOCK_PX
from imaging.view import View

JPEG_ARTIFACTS_THRESHOLD = 0.22
"""1.5 % of 200 clean calibration photos reach it, 99 % of visibly damaged ones (`training/calibrate.py`)."""

NONE_CONTRAST, FULL_CONTRAST = 0.8, 3.4
"""Contrast of the block grid, in codes, of severity 0 and 1: quality 70 and 10."""

SEEN_AT_FACTOR = {1: 1.0, 2: 1.35, 4: 1.8}
"""Factor on the contrast in a reduced view, whose area means soften the steps; in a view reduced eight times
blocks are pixels and nothing shows."""

TRUST_AT_QUALITY = ((50, 80), (1.4, 0.8))
"""Factor on the contrast by the quality of the file, linear between these two: a coarse file owns what shows, in a
fine one it was there before or is content. It cannot make something of nothing."""


def jpeg_artifacts_severity(view: View) -> float:
    """Severity of JPEG artefacts: how much of a grid of block edges shows in the pixels.

    The quality of the file alone is fooled both ways (coarse photos saved again finely; smooth photos that look fine at
    any quality), so that it only sets how far the pixels are trusted.
    """
    if view.factor not in SEEN_AT_FACTOR:
        return 0.0
    contrast = find_grid(view.luma, BLOCK_PX // view.factor).contrast * SEEN_AT_FACTOR[view.factor]
    if view.jpeg_quality is not None:
        contrast *= float(np.interp(view.jpeg_quality, *TRUST_AT_QUALITY))
    return ramp(contrast, NONE_CONTRAST, FULL_CONTRAST)
