"""Haze: a veil of scattered light, from fog, smoke, or a dirty lens."""

from __future__ import annotations

from detector.base import thresholds
from detector.light import LIGHT
from imaging.defects import Defect
from imaging.view import View

HAZY_THRESHOLDS = thresholds(careful=0.40, normal=0.30, eager=0.25)
"""0% of 396 clean photos reach it, 99% of visibly damaged ones (`training/calibrate.py`)."""


def hazy_severity(view: View) -> float:
    """Return how surely and how thickly a veil lies over the photo, in [0, 1]."""
    return LIGHT.severity(view, Defect.HAZY)
