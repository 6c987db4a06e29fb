"""Where the tones of a photo lie, and how many stops of light its shadows lack.

Everything is measured on `max(R, G, B)` of a thumbnail: it is what clips first, and saturated colours are not taken for
dark ones as they would be by luma.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.color import SRGB_TO_LINEAR
from imaging.image import Image, Plane


@dataclass(frozen=True, slots=True)
class LowLightModel:
    """How it is told from percentiles of `max(R, G, B)`, in EV (log2 of linear light), what light a photo lacks.

    Set by a grid search on mean PSNR after `enhancers.low_light`, on the calibration and validation parts together:
    100 synthetically darkened photos, 49 dark frames of brackets rendered from 13 real radiance maps (reference: their
    Mertens fusion), and clean photos, of which at most 7 % may fall below 40 dB to the input. Left out scene by scene,
    a fit of the same model lost 1 dB on the brackets and 0.1 dB on the others: 13 scenes are few.
    """

    floor: float = 2.0**-10
    """Linear light added before the logarithm: half a code of an 8-bit photo; darker differences are rounding."""
    highlight_percent: float = 99.5
    """Brighter ones are lamps and reflections."""
    exposure_dead_ev: tuple[float, float] = (0.55, 0.75)
    """Highlights so far below white are left alone, or brought to white: good photos differ by that much."""
    main_percents: tuple[float, float] = (60.0, 75.0)
    """Where the main part of a room is dark, these percentiles are far below the highlights."""
    uneven_ev: tuple[float, float] = (4.5, 5.1)
    """Sum of both distances at which a lift begins and from which it is whole; 93 % of clean photos have less."""
    dark_ev: tuple[float, float] = (2.1, 2.5)
    """The same for the distance of the 75th percentile from white after the exposure: what the detector calls dark."""
    max_ev: float = 6.0
    """Beyond it an 8-bit photo holds too few codes to show anything."""


_MODEL = LowLightModel()


def smoothstep(value: float, low: float, high: float) -> float:
    """Return 0 below `low`, 1 above `high` and a cubic with flat ends between."""
    t = min(1.0, max(0.0, (value - low) / (high - low)))
    return t * t * (3 - 2 * t)


def channel_max(image: Image) -> Plane:
    """Return the largest of R, G and B of each pixel, uint8 (H, W)."""
    red, green, blue = cv2.split(image)
    return cv2.max(cv2.max(red, green), blue)


def channel_min(image: Image) -> Plane:
    """Return the smallest of R, G and B of each pixel, uint8 (H, W)."""
    red, green, blue = cv2.split(image)
    return cv2.min(cv2.min(red, green), blue)


class Tones:
    """The distribution of a plane's codes.

    Args:
        plane: uint8 (H, W), e.g. `channel_max` of a thumbnail.
        mask: Counts only pixels where it is not 0 (at least one), uint8 (H, W); all when None.
    """

    def __init__(self, plane: Plane, mask: Plane | None = None) -> None:
        histogram = cv2.calcHist([plane], [0], mask, [256], [0, 256]).ravel()
        cumulated = np.cumsum(histogram, dtype=np.float32)
        self._cumulated: NDArray[np.float32] = cumulated / cumulated[-1]

    def code(self, percent: float) -> float:
        """Return the code in [0, 255] below which `percent` of the pixels lie, interpolated between codes."""
        share = percent / 100
        index = int(np.searchsorted(self._cumulated, share))
        if index >= 255:
            return 255.0
        below = float(self._cumulated[index - 1]) if index else 0.0
        here = float(self._cumulated[index]) - below
        return index - 0.5 + (share - below) / here if here > 0 else float(index)

    def stops(self, percent: float) -> float:
        """Return log2 of the linear light at a percentile, in EV relative to white, with the model's floor added."""
        code = min(255.0, max(0.0, self.code(percent)))
        linear = float(np.interp(code, _CODE_AXIS, SRGB_TO_LINEAR))
        return float(np.log2(linear + _MODEL.floor))

    @property
    def missing_exposure_ev(self) -> float:
        """EV by which the whole photo is under-exposed: its highlights come to white with them. In [0, 6]."""
        missing = max(0.0, -self.stops(_MODEL.highlight_percent))
        return min(_MODEL.max_ev, missing * smoothstep(missing, *_MODEL.exposure_dead_ev))

    @property
    def lift_share(self) -> float:
        """Whether the shadows need more than `missing_exposure_ev`: 0 where well lit, 1 in a room beside its window.

        They do where the main part lies far below the highlights, or, whatever its highlights, far below white.
        """
        highlights = self.stops(_MODEL.highlight_percent)
        below = sum(highlights - self.stops(percent) for percent in _MODEL.main_percents)
        still_dark = -self.stops(_MODEL.main_percents[-1]) - self.missing_exposure_ev
        return max(smoothstep(below, *_MODEL.uneven_ev), smoothstep(still_dark, *_MODEL.dark_ev))

    @property
    def shares(self) -> NDArray[np.float32]:
        """Share of pixels with each code, float32 (256,)."""
        return np.diff(self._cumulated, prepend=np.float32(0))


_CODE_AXIS = np.arange(256, dtype=np.float32)


FULL_WHITE = 252
"""Codes from which a white point is no loss of range (median of the 99th percentile of clean photos is 249)."""


def tonal_ends(image: Image) -> tuple[float, float]:
    """Return black point and white point of a reduced photo, in codes.

    The black point is the 1st percentile of `min(R, G, B)`, the white point the 99th of `max(R, G, B)`: a flattened
    photo has pale colours, too, while a saturated one reaches both ends.
    """
    return max(0.0, Tones(channel_min(image)).code(1)), Tones(channel_max(image)).code(99)


def flatness(black: float, white: float) -> float:
    """Return by how much both ends of the range have left their place, in [0, 1]; 0.11 is the 98th percentile of
    clean photos.

    It is the harmonic mean of both displacements: a dark photo keeps its black, haze and over-exposure their white. The
    white counts for no more than 1.5 times the black: more than that is darkness.

    Args:
        black: Black point in codes.
        white: White point in codes.
    """
    black_lift = black / 255
    white_loss = min(max(0.0, 1 - white / FULL_WHITE), 1.5 * black_lift)
    both = black_lift + white_loss
    return 2 * black_lift * white_loss / both if both > 0 else 0.0
