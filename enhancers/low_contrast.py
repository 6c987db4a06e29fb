"""Repairs flat contrast: a percentile stretch whose ends, midtones and saturation a small network corrects."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from enhancers.base import CHECKPOINTS, LICENCE, Enhancer
from imaging.color import encode_srgb
from imaging.defects import Defect
from imaging.image import Image
from imaging.measures.exposure import channel_max, channel_min
from imaging.measures.percentiles import codes_at, percentiles
from imaging.mlp import Mlp
from imaging.view import View, small_copy
from imaging.weights import WeightsSpec, load_checkpoint

METHOD = "Percentile stretch in codes or in light, whose ends, midtones and saturation a small network corrects"

ARCHITECTURE = "contrast-mlp-2"
"""The network family, as checkpoints name it."""

WEIGHTS = WeightsSpec(
    "low_contrast.safetensors",
    "a0b323d8dd5c0eb927c18f2faee26e1475e2b04ad2eebfeeaf00bff7f152e464",
    ARCHITECTURE,
    "python -m training.train low_contrast --minutes 2.2 (seed 0)",
    LICENCE,
)

STRETCH_PERCENT = 1.0
"""Of the codes lie outside each end of the stretch that is corrected, as of the textbook's: no more are clipped."""
LEAST_RANGE_CODES = 24.0
"""Between these ends at least: a photo of one tone is not amplified to noise."""
REACH = 1.5
"""How far beyond these ends black and white may lie, in ranges of the stretch."""
MIDTONES = 0.5
"""Limit of the correction of midtones: the table rises everywhere."""
LOG_SATURATION = (-0.5, 0.7)
"""Natural log of what colours gain beyond the stretch."""
SPREAD_PERCENTS = (1, 10, 25, 50, 75, 90, 97, 99)
"""Percentiles of the difference between a pixel's channels."""


@dataclass(frozen=True, slots=True)
class ContrastEstimate:
    """What squeezed the range of a photo.

    Attributes:
        black_codes: Code that was black, may be below 0.
        white_codes: Code that was white, may be above 255.
        light_share: How far the range was squeezed in linear light rather than in codes, in [0, 1].
        midtones: Four times what is added to the middle of the range, in [-`MIDTONES`, `MIDTONES`].
        saturation: What colours gain beyond the stretch.
    """

    black_codes: float
    white_codes: float
    light_share: float
    midtones: float
    saturation: float

    def described(self) -> Mapping[str, float]:
        middle = float(self.tones(np.array([(self.black_codes + self.white_codes) / 2]))[0])
        return {
            "range_codes": self.white_codes - self.black_codes,
            "black_codes": self.black_codes,
            "white_codes": self.white_codes,
            "gamma": math.log(middle) / math.log(0.5),
            "saturation": self.saturation,
        }

    def tones(self, codes: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return what tones of these codes were, in [0, 1]: rising, 0 at `black_codes` and 1 at `white_codes`."""
        black, white = self.black_codes / 255, self.white_codes / 255
        in_codes = np.clip((codes / 255 - black) / (white - black), 0, 1)
        in_light = encode_srgb((_light(codes / 255) - _light(black)) / (_light(white) - _light(black)))
        tones = in_codes + self.light_share * (in_light - in_codes)
        return tones + self.midtones * tones * (1 - tones)


class LowContrastEnhancer(Enhancer[ContrastEstimate]):
    """Undoes what squeezed the range: a flat picture style, stray light, a faded scan, a dirty lens.

    One table for all channels, and colours drawn from the grey of their pixel, so that grey stays grey.

    Args:
        weights: Of an `imaging.mlp.Mlp` that makes of `features_of` how far black and white lie beyond the ends of the
            stretch, the logit of the share of light, the correction of midtones, and the log of saturation.
    """

    defect = Defect.LOW_CONTRAST

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self._network = Mlp(weights)

    def estimate(self, view: View) -> ContrastEstimate:
        features, low, high = features_of(small_copy(view.image))
        black, white, light, midtones, log_saturation = (float(value) for value in self._network(features))
        return ContrastEstimate(
            low + (high - low) * min(max(black, -REACH), 0.0),
            high + (high - low) * min(max(white, 0.0), REACH),
            1 / (1 + math.exp(-light)),
            min(max(midtones, -MIDTONES), MIDTONES),
            math.exp(min(max(log_saturation, LOG_SATURATION[0]), LOG_SATURATION[1])),
        )

    def apply(self, image: Image, estimate: ContrastEstimate, strength: float) -> Image:
        codes = np.arange(256, dtype=np.float64)
        table = codes + strength * (255 * estimate.tones(codes) - codes)
        saturation = 1 + strength * (estimate.saturation - 1)
        matrix = saturation * np.eye(3) + (1 - saturation) / 3
        return cv2.transform(cv2.LUT(image, np.rint(table).astype(np.uint8)), matrix.astype(np.float32))


def features_of(small: Image) -> tuple[NDArray[np.float32], float, float]:
    """Return what the network is given, and the ends of the percentile stretch in codes.

    Percentiles of the photo stretched in codes, of the photo stretched in light, and of its saturation: the former
    hardly change with a squeeze in codes, the next hardly with one in light, and the photo looks natural in the right
    one. The ends themselves tell how much the two differ.

    Args:
        small: `imaging.view.small_copy` of it, uint8 RGB (h, w, 3).

    Returns:
        Float32 (F,), low and high, at least `LEAST_RANGE_CODES` apart.
    """
    low, high = (float(end) for end in codes_at(small.reshape(-1, 1), (STRETCH_PERCENT, 100 - STRETCH_PERCENT)))
    if high - low < LEAST_RANGE_CODES:
        # Around the tone of the photo, so that it is kept.
        low -= (LEAST_RANGE_CODES - (high - low)) * (low + high) / 510
        high = low + LEAST_RANGE_CODES
    codes = percentiles(small).ravel()
    in_codes = (codes - low) / (high - low)
    light, dark, bright = (_light(np.asarray(value) / 255) for value in (codes, low, high))
    in_light = (light - dark) / (bright - dark)
    in_light = np.sign(in_light) * encode_srgb(np.abs(in_light) / 4)
    spread = codes_at(cv2.subtract(channel_max(small), channel_min(small)), SPREAD_PERCENTS) / (high - low)
    ends = np.array([low, 255 - high]) / 255
    return np.concatenate([in_codes, in_light, spread, ends]).astype(np.float32), low, high


def build(device: str, weights: Path | None = None) -> LowContrastEnhancer:
    """Build the enhancer; it runs on the CPU whatever the device.

    Raises:
        WeightsError: The checkpoint cannot be used.
    """
    return LowContrastEnhancer(load_checkpoint(WEIGHTS, CHECKPOINTS, weights))


def _light(encoded: NDArray[np.floating] | float) -> NDArray[np.floating]:
    """Return linear light of sRGB, whose straight part goes on below black."""
    encoded = np.asarray(encoded, np.float64)
    return np.where(encoded <= 0.04045, encoded / 12.92, ((np.maximum(encoded, 0) + 0.055) / 1.055) ** 2.4)
