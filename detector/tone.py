"""Wrong exposure and flat contrast."""

from __future__ import annotations

from detector.base import thresholds
from detector.light import LIGHT
from imaging.defects import Defect
from imaging.view import View

LOW_LIGHT_THRESHOLDS = thresholds(careful=0.71, normal=0.62, eager=0.43)
"""59 / 78 / 95 % of damaged photos reach them (mean over the sources), 0 / 0.5 / 1.5 % of 201 clean
listing photos (`training/calibrate.py`)."""

LOW_CONTRAST_THRESHOLDS = thresholds(careful=0.20, normal=0.15, eager=0.10)
"""88 / 93 / 96 % of damaged photos reach them (mean over the sources), none of 201 clean
listing photos (`training/calibrate.py`)."""

GLARING_THRESHOLDS = thresholds(careful=0.64, normal=0.57, eager=0.44)
"""66 / 74 / 81 % of damaged photos reach them (mean over the sources), 0 / 0.5 / 1.5 % of 201 clean
listing photos (`training/calibrate.py`)."""


def low_light_severity(view: View) -> float:
    """Return how surely and how far the photo is under-exposed, in [0, 1]: not the mean, but how the light lies."""
    return LIGHT.severity(view, Defect.LOW_LIGHT)


def low_contrast_severity(view: View) -> float:
    """Return how surely and how far the range of tones is squeezed, in [0, 1]."""
    return LIGHT.severity(view, Defect.LOW_CONTRAST)


def glaring_severity(view: View) -> float:
    """Return how surely and how far the photo is over-exposed or veiled by a light, in [0, 1]: white walls are bright
    without being clipped, a blown window is clipped but small."""
    return LIGHT.severity(view, Defect.GLARING)
