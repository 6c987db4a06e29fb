"""Repairs flat contrast: black and white points go back to where they belong, and colours with them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from enhancers.base import Enhancer
from enhancers.local_tone import small_copy
from imaging.image import Image
from imaging.measures.exposure import Tones, channel_max, channel_min, smoothstep


@dataclass(frozen=True, slots=True)
class LowContrastParams:
    """Where the points of a good photo are, and from when on they are moved (calibration part)."""

    black_percent: float = 1.0
    white_percent: float = 99.0
    black_target: float = 12.0
    """Median of the 1st percentile of `min(R, G, B)` of clean photos, in codes."""
    white_target: float = 247.0
    """Median of the 99th percentile of `max(R, G, B)` of clean photos, in codes."""
    dead: tuple[float, float] = (0.06, 0.12)
    """Harmonic mean of the displacements of both points (share of the range): nothing is done below the first, all
    above the second; 98 % of clean photos stay below 0.11."""
    max_gain: float = 4.0


_PARAMS = LowContrastParams()


class LowContrastEnhancer(Enhancer):
    """Stretches codes linearly between the black point of `min(R, G, B)` and the white point of `max(R, G, B)`.

    One affine map for all three channels, so that grey stays grey, and a sky keeps its place between the points. It is
    the inverse of a flat picture style or of a faded scan, which act on codes.
    """

    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        small = small_copy(image)
        black = Tones(channel_min(small)).code(_PARAMS.black_percent)
        white = Tones(channel_max(small)).code(_PARAMS.white_percent)
        black_lift = max(0.0, black) / 255
        white_loss = max(0.0, 1 - white / 252)
        if strength <= 0 or black_lift + white_loss <= 0:
            return image
        need = smoothstep(2 * black_lift * white_loss / (black_lift + white_loss), *_PARAMS.dead)
        if need <= 0:
            return image
        span = _PARAMS.white_target - _PARAMS.black_target
        gain = min(_PARAMS.max_gain, max(1.0, span / max(1.0, white - black)))
        offset = _PARAMS.black_target - gain * black
        amount = strength * need
        gain, offset = 1 + amount * (gain - 1), amount * offset
        # An affine map by `transform` costs half of a lookup table.
        matrix = np.hstack([np.eye(3) * gain, np.full((3, 1), offset)]).astype(np.float32)
        return cv2.transform(image, matrix)
