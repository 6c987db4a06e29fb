"""Repairs flat contrast: black and white points go back to where they belong, and colours with them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from enhancers.base import Enhancer
from enhancers.local_tone import small_copy, tone_copy
from imaging.image import Image
from imaging.measures.exposure import flatness, smoothstep, tonal_ends

METHOD = "Black and white points brought back by one affine map of codes"


@dataclass(frozen=True, slots=True)
class LowContrastParams:
    """Where the points of a good photo are, and from when on they are moved (calibration part)."""

    black_target: float = 12.0
    """Median of the 1st percentile of `min(R, G, B)` of clean photos, in codes."""
    white_target: float = 247.0
    """Median of the 99th percentile of `max(R, G, B)` of clean photos, in codes."""
    dead: tuple[float, float] = (0.11, 0.125)
    """Flatness below which nothing is done and above which all is; 98 % of clean photos stay below 0.11. A wider ramp
    from 0.08 changed twice as many clean photos for 0.3 dB (validation part)."""
    max_gain: float = 4.0
    fading: float = 0.25
    """Saturation that is given back on top of the stretch, as a share of the range that was lost."""


_PARAMS = LowContrastParams()


class LowContrastEnhancer(Enhancer):
    """Stretches codes linearly between the black point of `min(R, G, B)` and the white point of `max(R, G, B)`.

    One affine map of RGB, so that grey stays grey, and a sky keeps its place between the points. It is the inverse of
    a flat picture style or of a faded scan, which act on codes and fade colours a little more than tones.
    """

    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        black, white = tonal_ends(tone_copy(small_copy(image)))
        amount = strength * smoothstep(flatness(black, white), *_PARAMS.dead)
        if amount <= 0:
            return image
        span = _PARAMS.white_target - _PARAMS.black_target
        gain = min(_PARAMS.max_gain, max(1.0, span / max(1.0, white - black)))
        offset = _PARAMS.black_target - gain * black
        gain, offset = 1 + amount * (gain - 1), amount * offset
        saturation = 1 + _PARAMS.fading * (1 - 1 / gain)
        mix = saturation * np.eye(3) + (1 - saturation) / 3
        # An affine map by `transform` costs less than a lookup table.
        matrix = np.hstack([gain * mix, np.full((3, 1), offset)]).astype(np.float32)
        return cv2.transform(image, matrix)


def build(device: str, weights: Path | None = None) -> LowContrastEnhancer:
    """Build the enhancer; it runs on the CPU whatever the device."""
    return LowContrastEnhancer()
