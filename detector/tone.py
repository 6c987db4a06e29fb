"""Severity of wrong exposure and flat contrast, told from the distribution of tones in a thumbnail."""

from __future__ import annotations

import cv2

from detector.base import ramp
from imaging.measures.exposure import Tones, channel_max, channel_min
from imaging.view import View

LOW_LIGHT_THRESHOLD = 0.30
"""2 % of 556 clean photos of the calibration and validation parts (listings, stock) reach it."""

LOW_CONTRAST_THRESHOLD = 0.28
"""As `LOW_LIGHT_THRESHOLD`."""

GLARING_THRESHOLD = 0.22
"""As `LOW_LIGHT_THRESHOLD`."""


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

    Black point and white point must both have left their place (their harmonic mean counts): a dark photo keeps its
    black, haze and over-exposure keep their white. The black point is taken on `min(R, G, B)`: a flattened photo has
    pale colours, too. 0 is a full range, 1 a range squeezed to a quarter.
    """
    black_lift = max(0.0, Tones(channel_min(view.thumbnail)).code(1)) / 255
    white_loss = max(0.0, 1 - Tones(channel_max(view.thumbnail)).code(99) / 252)
    both = black_lift + white_loss
    return ramp(2 * black_lift * white_loss / both, 0.0, 0.4) if both > 0 else 0.0


def glaring_severity(view: View) -> float:
    """Return how over-exposed or blown the photo is, in [0, 1].

    Sums the share of area with a clipped channel, the share with all channels next to white, and the mean luma: white
    walls are bright without being clipped, a blown window is clipped but small; glare is both. 0 is the median of
    clean photos, 1 all but a white sheet.
    """
    blown = Tones(channel_max(view.thumbnail)).share_from(250)
    white = Tones(channel_min(view.thumbnail)).share_from(240)
    luma = float(cv2.mean(cv2.cvtColor(view.thumbnail, cv2.COLOR_RGB2GRAY))[0]) / 255
    return ramp(blown + white + luma, 0.6, 2.4)
