"""Sees a tilted horizon or tilted verticals."""

from __future__ import annotations

from detector.base import ramp
from imaging.view import View

ROTATION_THRESHOLD = 0.35
"""2.8 degrees: 1.5 % of 200 clean calibration photos reach it (`training/calibrate.py`), most of them tilted indeed."""

LEVEL_DEG, SEVERE_DEG = 0.0, 8.0
"""Tilts of severity 0 and 1. Nothing is dead in between: the closed loop must see a repair from 2 to 0.5 degrees."""


def rotation_severity(view: View) -> float:
    """Severity of the tilt: proportional to the angle, 1 from 8 degrees."""
    return ramp(abs(view.tilt.angle_deg), LEVEL_DEG, SEVERE_DEG)
