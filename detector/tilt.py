"""Sees a tilted horizon or tilted verticals."""

from __future__ import annotations

from imaging.view import View

ROTATION_THRESHOLD = 0.74
"""0.8% of 396 clean photos reach it, 80% of visibly damaged ones (`training/calibrate.py`)."""


def rotation_severity(view: View) -> float:
    """Return the tilt that is expected, in [0, 1]: its size where lines tell clearly, else something between 0 and the
    mean of all tilts; see `imaging.measures.tilt`."""
    return view.tilt.severity
