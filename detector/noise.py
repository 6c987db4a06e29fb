"""Sees noise."""

from __future__ import annotations

from detector.base import thresholds
from detector.detail import DETAIL
from imaging.defects import Defect
from imaging.view import View

NOISY_THRESHOLDS = thresholds(careful=0.20, normal=0.15, eager=0.15)
"""86 / 90 / 90 % of damaged photos reach them (mean over the sources), 0 / 0.5 / 0.5 % of 201 clean
listing photos (`training/calibrate.py`)."""


def noise_severity(view: View) -> float:
    """Return how surely and how badly the photo is noisy as it is seen, in [0, 1]: noise hidden in shadows counts when
    it shows.

    Told mostly from the quietest blocks: noise is everywhere, grass and gravel are not.
    """
    return DETAIL.severity(view, Defect.NOISY)
