"""Wrong exposure and flat contrast."""

from __future__ import annotations

from detector.base import thresholds
from detector.light import LIGHT
from imaging.defects import Defect
from imaging.view import View

LOW_LIGHT_THRESHOLDS = thresholds(careful=0.49, normal=0.39, eager=0.29)
"""1% of 396 clean photos reach it, 96% of visibly damaged ones (`training/calibrate.py`)."""

LOW_CONTRAST_THRESHOLDS = thresholds(careful=0.44, normal=0.34, eager=0.25)
"""0.3% of 396 clean photos reach it, 84% of visibly damaged ones (`training/calibrate.py`)."""

GLARING_THRESHOLDS = thresholds(careful=0.66, normal=0.56, eager=0.46)
"""0% of 396 clean photos reach it, 75% of visibly damaged ones (`training/calibrate.py`)."""


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
