"""White balance: takes a colour cast out of the whole photo."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from enhancers.base import Enhancer
from imaging.color import LUMA_WEIGHTS_LINEAR, SRGB_TO_LINEAR, linear_to_srgb, srgb_to_linear
from imaging.image import Image
from imaging.measures.illuminant import Illuminant, estimate_illuminant
from imaging.measures.thumbnail import thumbnail_of

METHOD = "Illuminant voted for by log chroma of pixels and edges, von Kries gains in linear light that keep whites white"


@dataclass(frozen=True, slots=True)
class WhiteBalanceArgs:
    """Set by sweeps over the calibration photos."""

    none_nats: float = 2.0
    """Evidence of a cast up to which nothing is done: 85 % of the clean photos."""
    full_nats: float = 3.5
    """Evidence from which the whole estimate is taken out: where the detector finds a cast."""
    knee: float = 0.6
    """Linear light above which highlights are stretched back to white."""
    clipped_share: float = 0.01
    """Share of pure white pixels from which whites are kept fully white."""


ARGS = WhiteBalanceArgs()


class WhiteBalanceEnhancer(Enhancer):
    """Von Kries gains in linear light against the estimated illuminant, applied as one lookup table per channel.

    The tables share one tone curve `F` and differ by the gain only, `out_c = F(g_c x)`, so a neutral ramp comes out
    neutral up to the white point. Gains under 1 would leave clipped white grey and tinted; where a photo has clipped
    white, `F` maps the smallest gain back to white.
    """

    def __init__(self, args: WhiteBalanceArgs = ARGS) -> None:
        self._args = args

    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        if strength == 0:
            return image
        thumbnail = thumbnail_of(image)
        illuminant = estimate_illuminant(thumbnail)
        args = self._args
        certain = (illuminant.cast_evidence_nats - args.none_nats) / (args.full_nats - args.none_nats)
        amount = strength * min(1.0, max(0.0, certain))
        if amount == 0:
            return image
        gains = neutralising_gains(illuminant, thumbnail, amount)
        white_share = float(np.count_nonzero(thumbnail.min(axis=2) >= 250)) / (thumbnail.size // 3)
        keep_white = min(1.0, white_share / args.clipped_share)
        return cv2.LUT(image, gain_tables(gains, args.knee, keep_white))


def build(device: str) -> WhiteBalanceEnhancer:
    """Build the enhancer; it runs on the CPU whatever the device."""
    return WhiteBalanceEnhancer()


def neutralising_gains(illuminant: Illuminant, thumbnail: Image, amount: float) -> NDArray[np.float32]:
    """Return the gains, float32 (3,), that take `amount` in [0, 1] of the cast out and keep the mean luminance."""
    gains = np.exp(-amount * np.array([illuminant.red, 0.0, illuminant.blue]))
    mean = srgb_to_linear(thumbnail).mean(axis=(0, 1), dtype=np.float64)
    kept = float(LUMA_WEIGHTS_LINEAR @ (mean * gains)) / max(float(LUMA_WEIGHTS_LINEAR @ mean), 1e-9)
    return (gains / (kept if kept > 0 and math.isfinite(kept) else 1.0)).astype(np.float32)


def gain_tables(gains: NDArray[np.float32], knee: float, keep_white: float) -> Image:
    """Return lookup tables, uint8 (1, 256, 3), that multiply linear light by `gains` under one common tone curve.

    Args:
        gains: Float32 (3,), all positive.
        knee: Linear light in (0, 1) up to which the curve is the identity.
        keep_white: In [0, 1]; how much of the way from its grey back to white pure white is brought.
    """
    light = SRGB_TO_LINEAR[:, None] * gains[None, :]
    top = 1 - keep_white * (1 - min(1.0, float(gains.min())))
    knee = min(knee, 0.8 * top)
    stretched = light + (1 - top) * np.square(np.maximum(light - knee, 0) / (top - knee))
    return linear_to_srgb(stretched.astype(np.float32))[None]
