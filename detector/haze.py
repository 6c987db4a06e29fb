"""Haze: a veil of scattered light, from fog, smoke, or a dirty lens."""

from __future__ import annotations

from detector.base import thresholds
from detector.light import LIGHT
from imaging.defects import Defect
from imaging.view import View

HAZY_THRESHOLDS = thresholds(careful=0.35, normal=0.30, eager=0.23)
"""81 / 84 / 89 % of damaged photos reach them (mean over the sources), none of 201 clean
listing photos (`training/calibrate.py`),
which would allow 0.23 for all three. Raised: rooms in which nothing is black are no haze."""


def hazy_severity(view: View) -> float:
    """Return how surely and how thickly a veil lies over the photo, in [0, 1]."""
    return LIGHT.severity(view, Defect.HAZY)
