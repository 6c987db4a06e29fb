"""Repairs under-exposure: what a longer exposure would have shown, without losing the window."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from enhancers.base import Enhancer
from enhancers.local_tone import apply_curve, small_copy
from imaging.image import Image
from imaging.measures.exposure import Tones, channel_max
from imaging.view import THUMBNAIL_SIDE_PX


class LowLightEnhancer(Enhancer):
    """Multiplies the illumination by the missing exposure, in linear light, with a shoulder that keeps the highlights.

    The shoulder is Reinhard's (Reinhard et al., "Photographic tone reproduction for digital images", SIGGRAPH 2002,
    eq. 4): `x (1 + x / w^2) / (1 + x)`, where `w` is the photo's own white (99th percentile) after the gain. A photo
    that is dark all over has `w = 1`, and the curve is the plain gain; a dark room with a bright window has a large
    `w`: the room is lifted and the window stays where it was.
    """

    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        small = small_copy(image)
        tones = Tones(channel_max(_thumbnail(small)))
        stops = strength * tones.missing_ev
        if stops <= 0:
            return image
        gain = 2.0**stops
        white = max(1.0, gain * 2.0 ** tones.stops(99))

        def curve(codes: NDArray[np.float64]) -> NDArray[np.float64]:
            light = gain * np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)
            if white > 1:
                light = light * (1 + light / white**2) / (1 + light)
            light = np.minimum(light, 1)
            return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)

        return apply_curve(image, small, curve)


def _thumbnail(small: Image) -> Image:
    height, width = small.shape[:2]
    scale = THUMBNAIL_SIDE_PX / max(height, width)
    if scale >= 1:
        return small
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(small, size, interpolation=cv2.INTER_AREA)
