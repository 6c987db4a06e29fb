"""Severity of wrong exposure and flat contrast, told from the distribution of tones in a thumbnail."""

from __future__ import annotations

from detector.base import ramp
from imaging.measures.exposure import Tones, channel_max, flatness, glare, tonal_ends
from imaging.view import View

LOW_LIGHT_THRESHOLD = 0.36
"""2 % of 334 clean calibration photos reach it (`training/calibrate.py`): dusk and night shots, rooms that are dark."""

LOW_CONTRAST_THRESHOLD = 0.40
"""0.5 % of clean calibration photos reach it, 98 % of visibly flat ones; below it, veiled photos mostly do."""

GLARING_THRESHOLD = 0.28
"""0.5 % of clean calibration photos reach it, 89 % of visibly over-exposed ones."""


def low_light_severity(view: View) -> float:
    """Return how under-exposed the photo is, in [0, 1].

    What counts is the light that the best lit quarter of the area gets (75th percentile of `max(R, G, B)`): a bright
    window is less than a quarter of a dark room, and a facade by night or a dark interior that was exposed properly has
    more than that in its light. On the calibration part it beats the mean, the median and the 98th percentile.
    0 is 1 EV below white, 1 is 5.5 EV below it, linear between.
    """
    return ramp(-Tones(channel_max(view.thumbnail)).stops(75), 1.0, 5.5)


def low_contrast_severity(view: View) -> float:
    """Return how flat the tones are, in [0, 1].

    0 is a full range, 1 a range squeezed to about a third; see `imaging.measures.exposure.flatness`.
    """
    return ramp(flatness(*tonal_ends(view.thumbnail)), 0.0, 0.4)


def glaring_severity(view: View) -> float:
    """Return how over-exposed or blown the photo is, in [0, 1].

    0 is the median of clean photos, 1 little more than a white sheet; see `imaging.measures.exposure.glare`.
    """
    return ramp(glare(view.thumbnail), 0.3, 2.0)
