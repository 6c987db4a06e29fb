"""Haze: a veil of scattered light, from fog, smoke, or a dirty lens."""

from __future__ import annotations

from detector.base import ramp
from imaging.measures.haze import estimate_veil
from imaging.view import View

_NONE_SCORE = -6.0
_FULL_SCORE = 4.0
"""Log-odds of severity 0 and 1; at their middle 0.6 % of clean and 96 % of veiled validation photos are found."""

HAZY_THRESHOLD = 0.50
"""1 % of 200 clean calibration photos reach it, 99 % of visibly veiled ones (`training/calibrate.py`)."""


def hazy_severity(view: View) -> float:
    """Return how surely a veil lies over the photo, in [0, 1]; its amount goes into it, as blacks and whites do."""
    return ramp(estimate_veil(view.thumbnail).haze_score, _NONE_SCORE, _FULL_SCORE)
