"""Repairs under-exposure: what a longer exposure would have shown, without losing the window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from enhancers.base import Enhancer
from enhancers.local_tone import ILLUMINATIONS, bound_by_noise, illumination, multiply, small_copy
from imaging.image import Image
from imaging.measures.exposure import Tones, channel_max
from imaging.view import View

METHOD = "Missing exposure in linear light with a shoulder, by an edge-aware illumination map; noise bounds the gain"


class LowLightEnhancer(Enhancer):
    """Multiplies the illumination by the missing exposure, in linear light, with a shoulder that keeps the highlights.

    The shoulder is Reinhard's (Reinhard et al., "Photographic tone reproduction for digital images", SIGGRAPH 2002,
    eq. 4): `x (1 + x / w^2) / (1 + x)`, where `w` is what becomes of white. A photo that is dark all over has `w = 1`,
    and the curve is the plain gain; a dark room with a bright window has a large `w`: the room is lifted and the
    window stays where it was.
    """

    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        small = small_copy(image)
        brightest = channel_max(small)
        missing = Tones(channel_max(View(small).thumbnail)).missing_ev
        exposure, lift = strength * missing.exposure, strength * missing.lift
        if exposure + lift <= 0:
            return image
        ratio = _exposed(ILLUMINATIONS, exposure, lift) / ILLUMINATIONS
        return multiply(image, illumination(brightest), bound_by_noise(ratio, small))


def build(device: str) -> LowLightEnhancer:
    """Build the enhancer; it runs on the CPU whatever the device."""
    return LowLightEnhancer()


def _exposed(codes: NDArray[np.float64], exposure: float, lift: float) -> NDArray[np.float64]:
    """Return encoded sRGB in [0, 1] after a gain of `exposure + lift` EV and a shoulder for the `lift`."""
    light = 2 ** (exposure + lift) * np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)
    # Without a lift the shoulder is the identity.
    light = light * (1 + light / 4**lift) / (1 + light)
    light = np.minimum(light, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
