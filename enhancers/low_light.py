"""Repairs under-exposure: what a longer exposure would have shown, without losing the window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from enhancers.base import Enhancer
from enhancers.local_tone import ILLUMINATIONS, bound_by_noise, illumination, multiply, small_copy, tone_copy
from imaging.image import Image
from imaging.measures.exposure import Tones, channel_max

METHOD = "Missing exposure in linear light with a shoulder, by an edge-aware illumination map; noise bounds the gain"


@dataclass(frozen=True, slots=True)
class LowLightParams:
    """How far the shadows of an unevenly lit room are lifted; fitted with `imaging.measures.exposure.LowLightModel`."""

    mean_luma: float = 0.59
    """Mean of encoded luma that the lift aims at; the mean of clean listing photos is 0.54, of fused brackets 0.51."""
    lifts_ev: tuple[float, ...] = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0)
    """Lifts that are tried; between them the mean luma is interpolated."""


_PARAMS = LowLightParams()


class LowLightEnhancer(Enhancer):
    """Multiplies the illumination by the missing exposure, in linear light, with a shoulder that keeps the highlights.

    A photo that is dark all over gets the plain gain that brings its highlights to white. Where the main part of the
    picture is far below the highlights, as a room is below its window, it is lifted beyond that, until the mean luma
    is that of a well lit photo. The shoulder is Reinhard's (Reinhard et al., "Photographic tone reproduction for
    digital images", SIGGRAPH 2002, eq. 4): `x (1 + x / w^2) / (1 + x)`, where `w` is what the lift makes of white: so
    the window stays where it was.
    """

    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        small = small_copy(image)
        tone = tone_copy(small)
        tones = Tones(channel_max(tone))
        exposure = tones.missing_exposure_ev
        lift = tones.lift_share
        if strength <= 0 or exposure + lift <= 0:
            return image
        if lift > 0:
            luma = Tones(cv2.cvtColor(tone, cv2.COLOR_RGB2GRAY))
            lift *= _lift_to_mean(luma.shares, exposure)
        ratio = _exposed(ILLUMINATIONS, strength * exposure, strength * lift) / ILLUMINATIONS
        return multiply(image, illumination(channel_max(small)), bound_by_noise(ratio, small))


def build(device: str, weights: Path | None = None) -> LowLightEnhancer:
    """Build the enhancer; it runs on the CPU whatever the device."""
    return LowLightEnhancer()


def _lift_to_mean(shares: NDArray[np.float32], exposure: float) -> float:
    """Return the lift in EV after which the mean of a distribution of codes, float32 (256,), is `mean_luma`."""
    codes = np.arange(256) / 255
    means = _exposed(codes, exposure, np.array(_PARAMS.lifts_ev)[:, None]) @ shares
    return float(np.interp(_PARAMS.mean_luma, means, _PARAMS.lifts_ev))


def _exposed(codes: NDArray[np.float64], exposure: float, lift: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return encoded sRGB in [0, 1] after a gain of `exposure + lift` EV and a shoulder for the `lift`."""
    light = 2 ** (exposure + lift) * np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)
    # Without a lift the shoulder is the identity.
    light = light * (1 + light / 4**lift) / (1 + light)
    light = np.minimum(light, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
