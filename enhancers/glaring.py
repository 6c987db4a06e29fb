"""Repairs over-exposure: takes back the exposure that is too much, and lets blown walls be light grey, not paper."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from enhancers.base import Enhancer
from enhancers.local_tone import ILLUMINATIONS, illumination, multiply, small_copy, tone_copy
from imaging.image import Image
from imaging.measures.exposure import glare

METHOD = "Exposure taken back along a hyperbola, by an edge-aware illumination map"


@dataclass(frozen=True, slots=True)
class GlaringParams:
    """How much is taken back at which `glare`.

    Form and starting point by Nelder-Mead on mean PSNR over 70 synthetically glaring photos, 30 over-exposed frames of
    brackets with their Mertens fusion as the reference and 168 clean photos that must stay as they are (calibration
    and validation parts); then a grid around it, and by eye.
    """

    free_glare: float = 0.58
    """97 % of clean photos have less."""
    slope: float = 3.0
    """Contrast that is given back to the highlights, per unit of glare above it."""
    white_slope: float = 2.0
    max_white_loss: float = 0.04
    """White never falls lower. PSNR would ask for 0.25, but then blown skies and windows, in which there is nothing to
    bring back, are plainly grey: by eye on listing photos."""


_PARAMS = GlaringParams()


class GlaringEnhancer(Enhancer):
    """Moves the illumination along the hyperbola `s x / (p - (p - 1) x)`: shadows are divided by `p / s`, and white
    becomes `s`.

    It is the inverse of an exposure with a rolled-off shoulder (Reinhard's `p x / (1 + (p - 1) x)`). Texture keeps its
    contrast relative to the illumination, so what detail there is near white comes out.
    """

    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        small = small_copy(image)
        excess = glare(tone_copy(small)) - _PARAMS.free_glare
        if strength <= 0 or excess <= 0:
            return image
        power = 1 + _PARAMS.slope * excess
        white = 1 - _PARAMS.max_white_loss * np.tanh(_PARAMS.white_slope / _PARAMS.max_white_loss * excess)
        ratio = (white / (power - (power - 1) * ILLUMINATIONS)) ** strength
        return multiply(image, illumination(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)), ratio)


def build(device: str) -> GlaringEnhancer:
    """Build the enhancer; it runs on the CPU whatever the device."""
    return GlaringEnhancer()
