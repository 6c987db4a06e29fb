"""Haze removal: takes a veil of scattered light off the photo."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from enhancers.base import Enhancer
from imaging.color import SRGB_TO_LINEAR, linear_to_srgb
from imaging.image import Image
from imaging.measures.haze import Veil, estimate_veil
from imaging.measures.thumbnail import thumbnail_of

METHOD = "Koschmieder's model inverted in linear light, veil from the lower envelope of dark tiles, one table per row strip"


@dataclass(frozen=True, slots=True)
class DehazeArgs:
    """Fitted by Nelder-Mead on PSNR over veiled calibration photos."""

    none_score: float = -4.0
    full_score: float = 0.0
    """`Veil.haze_score` up to which nothing is done, and from which everything."""
    veil_scale: float = 1.083
    veil_power: float = 1.067
    white_power: float = 0.092
    """The veil is `veil_scale * floor ** veil_power * white ** white_power`."""
    loss_scale: float = 0.95
    loss_power: float = 0.801
    """The light lost, `1 - t`, is `loss_scale * (floor / white) ** loss_power`."""
    loss_max: float = 0.85
    """Bounds the gain at 7: more shows only noise and quantisation."""
    slope: float = 0.85
    """How much of the measured slope is believed."""
    tint: float = 0.29
    """How much of the colour of the darkest things is taken for the veil's."""
    toe: float = 0.0035
    """Linear light below which results run out gently to black instead of being clipped."""


ARGS = DehazeArgs()

_MAX_STRIPS = 128
"""Neighbouring strips differ by less than a code: nobody sees a band."""


class DehazeEnhancer(Enhancer):
    """Inverts `I = J t + A (1 - t)` with a transmission that changes only with height.

    So each row has one lookup table, rows are done in strips, and all of it costs one pass over the photo. A transmission
    per pixel (guided filter) gives halos and noise around what it takes for near, and no better figures.
    """

    def __init__(self, args: DehazeArgs = ARGS) -> None:
        self._args = args

    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        if strength == 0:
            return image
        veil = estimate_veil(thumbnail_of(image))
        args = self._args
        certain = (veil.haze_score - args.none_score) / (args.full_score - args.none_score)
        amount = strength * min(1.0, max(0.0, certain))
        if amount == 0:
            return image
        height = image.shape[0]
        edges = np.linspace(0, height, min(_MAX_STRIPS, height) + 1).round().astype(int)
        tables = strip_tables(veil, amount, (edges[:-1] + edges[1:]) / height - 1, args)
        out = np.empty_like(image)
        for table, top, bottom in zip(tables, edges[:-1], edges[1:], strict=True):
            cv2.LUT(image[top:bottom], table[None], dst=out[top:bottom])
        return out


def build(device: str) -> DehazeEnhancer:
    """Build the enhancer; it runs on the CPU whatever the device."""
    return DehazeEnhancer()


def strip_tables(veil: Veil, amount: float, heights: NDArray[np.float64], args: DehazeArgs = ARGS) -> Image:
    """Return the lookup tables that take the veil off, uint8 (n, 256, 3).

    Args:
        veil: What was measured.
        amount: In [0, 1]; how much of the veil is taken off.
        heights: Float (n,), middle of each strip from -1 (top edge) to 1 (bottom edge).
        args: Parameters.
    """
    mean_veil = args.veil_scale * veil.floor**args.veil_power * veil.white**args.white_power
    mean_loss = min(args.loss_max, args.loss_scale * (veil.floor / veil.white) ** args.loss_power)
    airlight = mean_veil / mean_loss * np.power(veil.tint, args.tint)
    slope = 1 + args.slope * veil.slope * heights
    loss = amount * np.clip(mean_loss * slope, 0, args.loss_max)[:, None, None]
    scene = (SRGB_TO_LINEAR[None, :, None] - airlight * loss) / (1 - loss)
    toe = args.toe * amount + 1e-6
    below = np.minimum(scene / toe - 1, 0)
    return linear_to_srgb(np.where(below < 0, toe * np.exp(below), scene).astype(np.float32))
