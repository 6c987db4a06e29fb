"""How much of a veil lies over a photo, from a small copy.

Koschmieder's model in linear light: `I = J t + A (1 - t)`, with the scene `J`, the airlight `A` and a transmission `t`
that falls with distance. A veil lifts even the darkest pixels. He, Sun and Tang, "Single Image Haze Removal Using Dark
Channel Prior" (CVPR 2009), take the darkest channel of every small patch as the veil, which turns white walls grey and
gives 16 dB on veiled listing photos. What differs: the floor is taken over large tiles, most of which hold something
dark even in a white room, and the veil is the lower envelope of those floors, rising or falling evenly with height in
the photo (more cannot be told: a plane in both directions gains 0.1 dB over one in height alone).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from imaging.color import SRGB_TO_LINEAR, luminance
from imaging.image import Image

_TILES = 6  # along each side
_TILE_PX = 16
_FLOOR_RANK = 5  # of the 256 pixels of a tile: the 2nd percentile
_EXPECTILE = 0.05  # swept 0.03 to 0.2: the veil's shape is found best at the lowest that outlying tiles leave stable
_SLOPE_RIDGE = 0.8  # shrinks the slope to 0 where the tiles disagree; fitted
_ROUNDS = 8  # of reweighting; converged
_HEIGHTS = ((np.arange(_TILES) + 0.5) / _TILES * 2 - 1).repeat(_TILES)
_FLOOR_MIN = 1e-3


@dataclass(frozen=True, slots=True)
class Veil:
    """What a thumbnail tells of a veil, in linear light.

    Attributes:
        floor: Light of the darkest things, mean over the photo, in [0.001, 1]: the veil, if there is nothing blacker.
        slope: Its change from mid height to the bottom edge, relative to `floor`; negative if the top is veiled more.
        white: 99th percentile of luminance, in [0.001, 1].
        tint: Colour of black, float (red, green, blue) of mean 1.
        haze_score: Log-likelihood ratio, roughly, of a veil against none.
    """

    floor: float
    slope: float
    white: float
    tint: tuple[float, float, float]
    haze_score: float


def estimate_veil(thumbnail: Image) -> Veil:
    """Measure the veil.

    Args:
        thumbnail: A small copy, uint8 RGB (h, w, 3), at most some hundred pixels wide.
    """
    side = _TILES * _TILE_PX
    small = cv2.resize(thumbnail, (side, side), interpolation=cv2.INTER_AREA)
    red, green, blue = cv2.split(small)
    lowest, highest = np.minimum(np.minimum(red, green), blue), np.maximum(np.maximum(red, green), blue)
    dark = lowest.reshape(_TILES, _TILE_PX, _TILES, _TILE_PX).swapaxes(1, 2).reshape(_TILES**2, -1)
    floors = SRGB_TO_LINEAR[np.partition(dark, _FLOOR_RANK, axis=1)[:, _FLOOR_RANK]].astype(np.float64)
    floor, slope = _lower_envelope(floors)
    floor = max(floor, _FLOOR_MIN)
    light = luminance(cv2.LUT(small, SRGB_TO_LINEAR)).ravel()
    rank = light.size * 99 // 100
    white = max(float(np.partition(light, rank)[rank]), _FLOOR_MIN)
    rank = dark.size * 2 // 1000
    black = float(SRGB_TO_LINEAR[np.partition(dark, rank, axis=None)[rank]])
    # Per channel, not per pixel: the least red and the least blue of a photo are black in different places.
    low = np.array([SRGB_TO_LINEAR[np.partition(c, rank, axis=None)[rank]] for c in (red, green, blue)]) + _FLOOR_MIN
    tint = low / low.mean()
    clipped_share = float(np.count_nonzero(highest >= 250)) / dark.size
    score = _haze_score(black, white, float(light.mean()), clipped_share)
    return Veil(floor, slope / floor, white, (float(tint[0]), float(tint[1]), float(tint[2])), score)


def _haze_score(black: float, white: float, mean: float, clipped_share: float) -> float:
    """Return the log-odds of a veil: a logistic regression on veiled calibration photos against clean ones, ones of low
    contrast and over-exposed ones.

    A veil lifts the blackest (0.2 %) of a photo. So does low contrast, but under a veil whites stay bright for the mean
    of the photo; so does glare, but a veil holds everything below the airlight, so that nothing clips.
    """
    lifted = 4.04 * math.log(black + 0.002)
    bright = 9.77 * math.log(white) - 4.02 * math.log(mean + 0.002)
    return lifted + bright - 7.56 * clipped_share + 9.18


def _lower_envelope(floors: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, float]:
    """Fit `level + slope * height` under the tiles' floors by expectile regression (asymmetric least squares).

    Newey and Powell, "Asymmetric Least Squares Estimation and Testing", Econometrica 1987.

    Returns:
        (level at mid height, change from there to the bottom edge).
    """
    level, slope = float(floors.mean()), 0.0
    for _ in range(_ROUNDS):
        weights = np.where(floors < level + slope * _HEIGHTS, 1 - _EXPECTILE, _EXPECTILE)
        w, wy, wyy = float(weights.sum()), float(weights @ _HEIGHTS), float(weights @ _HEIGHTS**2) + _SLOPE_RIDGE
        wf, wfy = float(weights @ floors), float(weights @ (floors * _HEIGHTS))
        determinant = w * wyy - wy * wy
        level, slope = (wf * wyy - wfy * wy) / determinant, (w * wfy - wy * wf) / determinant
    return level, slope
