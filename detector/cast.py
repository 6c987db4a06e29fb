"""Poor white balance: a cast of the light's colour over the whole photo.

Whether grey is grey is told from the colours at each brightness (near-neutral whites, walls, shadows), from where each
channel ends (the white of a window was white before a gain was laid over it) and, since dark and flat photos tell less,
from all that `detector.light` measures.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from detector.base import sigmoid, thresholds
from detector.learned import Family, Features
from detector.light import STOPS, codes_at, cumulated, light_features, planes
from imaging.color import SRGB_TO_LINEAR
from imaging.defects import Defect
from imaging.image import Plane
from imaging.measures.light_colour import packaged_network
from imaging.view import View, small_copy

WHITE_BALANCE_THRESHOLDS = thresholds(careful=0.75, normal=0.75, eager=0.38)
"""68 / 68 / 83 % of damaged photos reach them (mean over the sources), 0 / 0 / 3.5 % of 201 clean
listing photos (`training/calibrate.py`)."""

LEAST_LOG_ODDS = -4.0
"""Of the network of this family, up to which no other opinion would make an alarm of it: most good photos are spared
them."""

OWN_WEIGHT, EVIDENCE_WEIGHT, LIGHT_WEIGHT, BIAS = 0.7, 0.35, 0.35, -1.3
"""Of the log-odds by this family's network, the root of the evidence in nats and the log-odds by the network of the
light's colour: a logistic regression on casts of validation photos, rounded. Half or twice of any does as well."""

_SHARES = np.array([0.005, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.998], np.float32)
_BANDS = np.array([0.15, 0.35, 0.55, 0.75, 0.9], np.float32)
"""Shares of the pixels, by brightness, at which bands of brightness end."""

_NEUTRAL = 0.1  # natural log units from grey within which a colour counts as grey
_UNIT = 40  # steps of the coded logarithm in one natural log unit
_LOG_CODES = np.round(np.log(SRGB_TO_LINEAR + 0.004) * _UNIT + 225).astype(np.uint8)
_HALF_FROM_PX = 120
_TELLING = (13, 249)
"""Codes of the brightest channel that tell a colour: above are clipped ones, below one code is a large step."""


def white_balance_severity(view: View) -> float:
    """Return how surely and how strongly the light of the photo is coloured, in [0, 1].

    Three opinions that err on different photos: what the network of this family says, the evidence against a neutral
    light, and the network that `poor_white_balance` takes the light's colour from.
    """
    own = CAST.log_odds(view, Defect.POOR_WHITE_BALANCE)
    if own <= LEAST_LOG_ODDS:
        return sigmoid(own)
    cast = packaged_network()(view.thumbnail, small_copy(view.image))
    evidence = math.sqrt(max(cast.illuminant.cast_evidence_nats, 0.0))
    return sigmoid(OWN_WEIGHT * own + EVIDENCE_WEIGHT * evidence + LIGHT_WEIGHT * cast.log_odds + BIAS)


def cast_features(view: View) -> Features:
    """Return log chroma by brightness, the ends of the channels, and the features of `detector.light`."""
    tones = view.once(planes)
    red, green, blue = (_halved(plane) for plane in (tones.red, tones.green, tones.blue))
    ends = np.stack([codes_at(_SHARES, cumulated(plane)) for plane in (red, green, blue)])
    stops = STOPS[ends]
    edges = [float(cv2.mean(cv2.absdiff(plane, cv2.blur(plane, (3, 3))))[0]) + 0.05 for plane in (red, green, blue)]
    grey_edge = np.log([edges[0] / edges[1], edges[2] / edges[1]])
    by_brightness = _chroma_by_brightness(red, green, blue)
    own = [stops[0] - stops[1], stops[2] - stops[1], ends[:, 5:].ravel() / 255, by_brightness, grey_edge]
    return np.concatenate([*own, view.once(light_features)], dtype=np.float32)


CAST = Family("cast", (Defect.POOR_WHITE_BALANCE,), cast_features)


def _halved(plane: Plane) -> Plane:
    height, width = plane.shape
    if max(height, width) < _HALF_FROM_PX or min(height, width) < 2:
        return plane
    return cv2.resize(plane, (width // 2, height // 2), interpolation=cv2.INTER_AREA)


def _chroma_by_brightness(red: Plane, green: Plane, blue: Plane) -> Features:
    """Mean and spread of log R/G and log B/G, and the share of greys, in bands of equal shares by brightness."""
    brightest = cv2.max(cv2.max(red, green), blue)
    band_of = np.searchsorted(_BANDS, cumulated(brightest)).astype(np.uint8)
    low, high = _TELLING
    telling = cv2.inRange(brightest, low, high).ravel() > 0
    bands = band_of[brightest.ravel()[telling]].astype(np.intp)
    count = len(_BANDS) + 1
    log_red, log_green, log_blue = (cv2.LUT(plane, _LOG_CODES) for plane in (red, green, blue))
    # Coded around 128 and saturated at 3.2 natural log units.
    u, v = (
        (cv2.addWeighted(log, 1, log_green, -1, 128).ravel()[telling].astype(np.float32) - 128) * (1 / _UNIT)
        for log in (log_red, log_blue)
    )
    square_u, square_v = u * u, v * v
    grey = square_u + square_v < _NEUTRAL**2
    inside = np.maximum(np.bincount(bands, minlength=count), 1)
    means = [np.bincount(bands, weights, count) / inside for weights in (u, v, square_u, square_v, grey)]
    spreads = [np.sqrt(np.maximum(means[2 + i] - means[i] ** 2, 0)) for i in range(2)]
    return np.concatenate([means[0], means[1], *spreads, means[4]], dtype=np.float32)
