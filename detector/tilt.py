"""Sees a tilted horizon or tilted verticals."""

from __future__ import annotations

from detector.base import thresholds
from imaging.view import View

ROTATION_THRESHOLDS = thresholds(careful=0.86, normal=0.79, eager=0.76)
"""69 / 81 / 83 % of damaged photos reach them (mean over the sources), 0 / 1 / 2 % of 201 clean
listing photos (`training/calibrate.py`)."""


def rotation_severity(view: View) -> float:
    """Return how surely and how far the photo is tilted, in [0, 1]; see `imaging.measures.tilt`."""
    return view.tilt.severity
