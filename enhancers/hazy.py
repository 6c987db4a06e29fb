"""Haze removal: takes a veil of scattered light off the photo."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from enhancers.base import Enhancer
from imaging.color import SRGB_TO_LINEAR
from imaging.image import Image
from imaging.measures.haze import Veil, estimate_veil
from imaging.view import View

METHOD = "Koschmieder's model inverted in linear light; the veil is the lower envelope of dark tiles"


@dataclass(frozen=True, slots=True)
class DehazeArgs:
    """Fitted by Nelder-Mead on PSNR and colour difference over veiled calibration photos."""

    none_score: float = -2.2
    full_score: float = -1.0
    """`Veil.haze_score` up to which nothing is done (99 % of clean photos), and from which everything."""
    veil_scale: float = 1.042
    veil_power: float = 1.067
    white_power: float = -0.092
    """The veil is `veil_scale * floor ** veil_power * white ** white_power`."""
    loss_scale: float = 0.866
    loss_power: float = 0.792
    """The light lost, `1 - t`, is `loss_scale * (floor / white) ** loss_power`."""
    loss_max: float = 0.85
    """Bounds the gain at 7: more shows only noise and quantisation."""
    slope: float = 0.774
    """How much of the measured slope is believed."""
    tint: float = 0.5
    """How much of the colour of black is taken for the veil's, on a log scale."""
    toe: float = 0.0194
    """Linear light below which results run out gently to black instead of being clipped."""


ARGS = DehazeArgs()

_MAX_STRIPS = 256
"""Neighbouring strips differ by a code or two at most: nobody sees a band."""
_KNOTS = 33
"""Tables that are computed; those of the strips are interpolated between them, in a fifth of the time."""


class DehazeEnhancer(Enhancer):
    """Inverts `I = J t + A (1 - t)` with a transmission that changes only with height.

    So each row has one lookup table, rows are done in strips, and all of it costs one pass over the photo. More cannot
    be told of the veil's shape with any certainty, and a wrong transmission per pixel gives halos.
    """

    def __init__(self, args: DehazeArgs = ARGS) -> None:
        self._args = args

    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        if strength == 0:
            return image
        veil = estimate_veil(View.of(image, cv2.INTER_LINEAR).thumbnail)
        args = self._args
        certain = (veil.haze_score - args.none_score) / (args.full_score - args.none_score)
        amount = strength * min(1.0, max(0.0, certain))
        if amount == 0:
            return image
        height = image.shape[0]
        edges = np.linspace(0, height, min(_MAX_STRIPS, height) + 1).round().astype(int)
        tables = strip_tables(veil, amount, len(edges) - 1, args)
        out = np.empty_like(image)
        for table, top, bottom in zip(tables, edges[:-1], edges[1:], strict=True):
            cv2.LUT(image[top:bottom], table[None], dst=out[top:bottom])
        return out


def build(device: str) -> DehazeEnhancer:
    """Build the enhancer; it runs on the CPU whatever the device."""
    return DehazeEnhancer()


def strip_tables(veil: Veil, amount: float, strips: int, args: DehazeArgs = ARGS) -> Image:
    """Return the lookup tables that take the veil off, from the top strip to the bottom one, uint8 (strips, 256, 3).

    Args:
        veil: What was measured.
        amount: In [0, 1]; how much of the veil is taken off.
        strips: How many.
        args: Parameters.
    """
    mean_veil = args.veil_scale * veil.floor**args.veil_power * veil.white**args.white_power
    mean_loss = min(args.loss_max, args.loss_scale * (veil.floor / veil.white) ** args.loss_power)
    airlight = mean_veil / mean_loss * np.power(veil.tint, args.tint)
    slope = 1 + args.slope * veil.slope * np.linspace(-1, 1, _KNOTS)
    loss = amount * np.clip(mean_loss * slope, 0, args.loss_max)[:, None, None]
    scene = (SRGB_TO_LINEAR[None, :, None] - airlight * loss) / (1 - loss)
    toe = args.toe * amount + 1e-6
    below = np.minimum(scene / toe - 1, 0)
    scene = np.clip(np.where(below < 0, toe * np.exp(below), scene), 0, 1).astype(np.float32)
    tables = np.where(scene <= 0.0031308, 12.92 * scene, 1.055 * np.power(scene, 1 / 2.4) - 0.055)
    size = (tables[0].size, strips)
    middles = cv2.resize(tables.reshape(_KNOTS, -1), size, interpolation=cv2.INTER_LINEAR)
    return np.rint(255 * middles).astype(np.uint8).reshape(strips, 256, 3)
