"""What tells under- and over-exposure, flat contrast and haze: the distribution of tones in a thumbnail.

One network for all four, since each is told from the others rather than from a good photo: a veil lifts blacks as flat
contrast does, but its whites stay; glare clips what a veil cannot.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.learned import Family, Features
from imaging.color import SRGB_TO_LINEAR
from imaging.defects import Defect
from imaging.image import Image, Plane
from imaging.view import View

_SHARES = np.array([0.002, 0.01, 0.03, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 0.99, 0.998], np.float32)
_SATURATIONS = np.array([0.1, 0.5, 0.9, 0.98], np.float32)
_FLOORS = np.array([0.02, 0.1, 0.3, 0.5, 0.7, 0.9], np.float32)
_FLOORS_OF_A_THIRD = np.array([0.1, 0.5, 0.9], np.float32)
_ENDS = (1, 9)  # of `_SHARES`: what tones are stretched between before their spread is compared
_TILES = 6
_PATCH = np.ones((9, 9), np.uint8)  # of the dark channel
STOPS = np.log2(SRGB_TO_LINEAR + np.float32(2.0**-10)).astype(np.float32)
"""EV below white of each code; half a code is added, beyond which differences are rounding."""

MIN_SIDE_PX, MIN_RANGE = 8, 6
"""A thumbnail that is smaller, or whose luma spans fewer codes, holds no photo whose light could be judged."""

WHITE_BORDER, BLACK_BORDER = 247, 8
"""Codes from which, or up to which, whole rows or columns on two opposite sides are a border and not the photo."""


@dataclass(frozen=True, slots=True)
class Planes:
    """A thumbnail without its border, uint8 (h, w) each."""

    red: Plane
    green: Plane
    blue: Plane
    highest: Plane
    lowest: Plane
    luma: Plane


def planes(view: View) -> Planes:
    """Return the thumbnail's planes; a white or black border that letterboxes the photo is left out."""
    inner = np.ascontiguousarray(_without_border(view.thumbnail))
    red, green, blue = (cv2.extractChannel(inner, channel) for channel in range(3))
    highest, lowest = cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue)
    return Planes(red, green, blue, highest, lowest, cv2.cvtColor(inner, cv2.COLOR_RGB2GRAY))


def cumulated(plane: Plane) -> Features:
    """Return the share of pixels up to each code, float32 (256,)."""
    sums = np.cumsum(cv2.calcHist([plane], [0], None, [256], [0, 256]).ravel())
    return sums / sums[-1]


def codes_at(shares: Features, sums: Features) -> NDArray[np.intp]:
    """Return the codes up to which given shares of the pixels lie."""
    return np.minimum(np.searchsorted(sums, shares), 255)


def light_features(view: View) -> Features:
    """Return percentiles of the brightest and darkest channel and of luma, what clips, the dark channel, how all that
    is spread over the photo, and the same of each third of its rows: the veil of distance lies over one of them."""
    tones = view.once(planes)
    highest, lowest, luma = cumulated(tones.highest), cumulated(tones.lowest), cumulated(tones.luma)
    saturation = codes_at(_SATURATIONS, cumulated(cv2.subtract(tones.highest, tones.lowest)))
    whites, blacks, middle = (codes_at(_SHARES, sums) for sums in (highest, lowest, luma))
    # He, Sun and Tang, CVPR 2009: the darkest of a neighbourhood is what a veil lifts.
    dark = cv2.erode(tones.lowest, _PATCH)
    floors = codes_at(_FLOORS, cumulated(dark))
    clipped = 1 - np.concatenate([highest[[249, 253]], lowest[[239, 249, 253]]])
    black = np.concatenate([highest[[4, 12]], lowest[[1, 6]], luma[[20, 40]]])
    shares = np.concatenate([clipped, black])
    tiles = cv2.resize(tones.luma, (_TILES, _TILES), interpolation=cv2.INTER_AREA) * np.float32(1 / 255)
    texture = cv2.absdiff(tones.luma, cv2.blur(tones.luma, (5, 5)))
    textures = np.sort(cv2.resize(texture, (_TILES, _TILES), interpolation=cv2.INTER_AREA), axis=None)
    mean, deviation = (float(each[0, 0]) for each in cv2.meanStdDev(tones.luma))
    codes = np.concatenate([whites, blacks, middle, saturation, floors]) * np.float32(1 / 255)
    return np.concatenate(
        [
            codes,
            STOPS[np.concatenate([whites, blacks, floors])],
            shares,
            np.sqrt(np.maximum(shares, 0) + np.float32(1e-4)),
            np.sort(tiles, axis=None)[[1, 5, 12, 18, 24, 30, 34]],
            tiles.mean(axis=1),
            np.log(textures[[2, 9, 18, 27, 34]] + np.float32(0.3)),
            [mean / 255, deviation / 64, float(np.log(tiles.std() + 0.01))],
            _stretched(middle),
            _stretched(blacks),
            *(_third(tones, dark, texture, rows) for rows in _thirds(tones.luma.shape[0])),
        ],
        dtype=np.float32,
    )


def _stretched(codes: NDArray[np.intp]) -> Features:
    """Return percentiles between two of them: what neither a veil nor lost contrast changes."""
    low, high = codes[list(_ENDS)].astype(np.float32)
    return np.clip((codes - low) / (high - low + 4), -1, 2)


def _thirds(height: int) -> list[slice]:
    """Return three strips of rows of a photo; of one that has no three rows, a row each."""
    edges = [height * part // 3 for part in range(4)]
    return [slice(min(top, height - 1), max(top + 1, bottom)) for top, bottom in itertools.pairwise(edges)]


def _third(tones: Planes, dark: Plane, texture: Plane, rows: slice) -> Features:
    """Return of some rows the dark channel, in EV and against their white, their saturation, texture and contrast."""
    luma, highest = tones.luma[rows], tones.highest[rows]
    floors = STOPS[codes_at(_FLOORS_OF_A_THIRD, cumulated(dark[rows]))]
    white = STOPS[codes_at(_SHARES[-3:-2], cumulated(highest))]
    means = (cv2.mean(each)[0] for each in (luma, highest, tones.lowest[rows], texture[rows]))
    brightness, most, least, detail = means
    deviation = float(cv2.meanStdDev(luma)[1][0, 0])
    shape = [1 - (least + 1) / (most + 1), np.log((detail + 0.3) / (brightness + 8)), deviation / (brightness + 8)]
    return np.concatenate([floors, floors - white, shape], dtype=np.float32)


def _features_if_any(view: View) -> Features | None:
    luma = view.once(planes).luma
    darkest, brightest, _, _ = cv2.minMaxLoc(luma)
    return view.once(light_features) if min(luma.shape) >= MIN_SIDE_PX and brightest - darkest >= MIN_RANGE else None


LIGHT = Family("light", (Defect.LOW_LIGHT, Defect.LOW_CONTRAST, Defect.HAZY, Defect.GLARING), _features_if_any)


def _without_border(thumbnail: Image) -> Image:
    height, width = thumbnail.shape[:2]
    corners = thumbnail[:: max(1, height - 1), :: max(1, width - 1)]
    if min(height, width) < 16 or not (corners.min() >= WHITE_BORDER or corners.max() <= BLACK_BORDER):
        return thumbnail
    rows = thumbnail.reshape(height, width * 3)
    top, bottom = _border(cv2.reduce(rows, 1, cv2.REDUCE_MIN), cv2.reduce(rows, 1, cv2.REDUCE_MAX))
    least, most = (cv2.reduce(rows, 0, kind).reshape(width, 3) for kind in (cv2.REDUCE_MIN, cv2.REDUCE_MAX))
    left, right = _border(least.min(axis=1), most.max(axis=1))
    return thumbnail[top : height - bottom, left : width - right] if top or left else thumbnail


def _border(least: NDArray[np.uint8], most: NDArray[np.uint8]) -> tuple[int, int]:
    """Return how many rows at either end are one white or black band, with the row that mixes with the photo; (0, 0)
    unless both ends are: a blown sky is no border."""
    plain = ((least >= WHITE_BORDER) | (most <= BLACK_BORDER)).ravel()
    if not (plain[1] and plain[-2]) or plain.all():
        return 0, 0
    first, last = int(plain.argmin()), int(plain[::-1].argmin())
    inner = len(plain) - first - last
    return (first + 1, last + 1) if min(first, last) >= 2 and inner > len(plain) // 3 else (0, 0)
