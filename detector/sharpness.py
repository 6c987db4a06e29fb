"""Sees blur."""

from __future__ import annotations

from detector.base import thresholds
from detector.detail import DETAIL
from imaging.defects import Defect
from imaging.view import View

BLUR_THRESHOLDS = thresholds(careful=0.47, normal=0.37, eager=0.27)
"""0% of 396 clean photos reach it, 98% of visibly damaged ones (`training/calibrate.py`)."""


def blur_severity(view: View) -> float:
    """Return how surely and how badly the photo is out of focus or shaken, in [0, 1].

    Told mostly from edges compared with themselves blurred, so that neither contrast nor content matters, and the sharp
    part of a photo with shallow depth of field clears it; shaken photos are sharp along the motion.
    """
    return DETAIL.severity(view, Defect.BLUR)
