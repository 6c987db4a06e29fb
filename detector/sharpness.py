"""Sees blur."""

from __future__ import annotations

from detector.base import thresholds
from detector.detail import DETAIL
from imaging.defects import Defect
from imaging.view import View

BLUR_THRESHOLDS = thresholds(careful=0.59, normal=0.46, eager=0.46)
"""94 / 99 / 99 % of damaged photos reach them (mean over the sources), 0 / 0.5 / 0.5 % of 201 clean
listing photos (`training/calibrate.py`)."""


def blur_severity(view: View) -> float:
    """Return how surely and how badly the photo is out of focus or shaken, in [0, 1].

    Told mostly from edges compared with themselves blurred, so that neither contrast nor content matters, and the sharp
    part of a photo with shallow depth of field clears it; shaken photos are sharp along the motion.
    """
    return DETAIL.severity(view, Defect.BLUR)
