"""Sees JPEG artefacts."""

from __future__ import annotations

from detector.base import thresholds
from detector.detail import DETAIL, SEEN_AT_FACTOR
from imaging.defects import Defect
from imaging.view import View

JPEG_ARTIFACTS_THRESHOLDS = thresholds(careful=0.41, normal=0.41, eager=0.41)
"""99 / 99 / 99 % of damaged photos reach them (mean over the sources), none of 201 clean
listing photos (`training/calibrate.py`)."""


def jpeg_artifacts_severity(view: View) -> float:
    """Return how surely and how badly a grid of block edges shows in the pixels, in [0, 1].

    The quality of the file alone is fooled both ways (coarse photos saved again finely; smooth photos that look fine at
    any quality), so that it only sets how far the pixels are trusted.
    """
    return DETAIL.severity(view, Defect.JPEG_ARTIFACTS) if view.factor in SEEN_AT_FACTOR else 0.0
