"""Sees a tilted horizon or tilted verticals."""

from __future__ import annotations

from detector.base import thresholds
from imaging.view import View

ROTATION_THRESHOLDS = thresholds(careful=0.83, normal=0.73, eager=0.63)
"""2.7 degrees. None of 396 clean photos reaches it, 72% of visibly damaged ones do (`training/calibrate.py`)."""


def rotation_severity(view: View) -> float:
    """Return how far the photo is tilted, in [0, 1]: the size of the tilt where lines tell, else what is expected of
    it, below the threshold; see `imaging.measures.tilt`."""
    return view.tilt.severity
