"""Haze removal: takes a veil of scattered light off the photo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from enhancers.base import CHECKPOINTS, Enhancer
from enhancers.tone_network import LICENCE, VEIL, ToneNetwork, veil_features
from imaging.color import SRGB_TO_LINEAR
from imaging.image import Image
from imaging.measures.exposure import smoothstep
from imaging.measures.illuminant import is_grey
from imaging.view import View
from imaging.weights import WeightsSpec, load_checkpoint

METHOD = "Koschmieder's model inverted in linear light; a small network tells the veil at five heights"

WEIGHTS = WeightsSpec(
    "hazy.safetensors",
    "476aef579600cb4a08cc4d9d10c3f29e62abf67161e654b9aefe4c90f124751b",
    VEIL,
    "python -m training.train hazy --minutes 7 (seed 0)",
    LICENCE,
)


@dataclass(frozen=True, slots=True)
class DehazeArgs:
    """When a veil is taken off, and how it ends."""

    none_need: float = 0.0
    """Log-odds of a veil below which nothing is done."""
    full_need: float = 1.0
    """From here on all of it is taken off."""
    toe: float = 0.02
    """Linear light, as a share of the light lost, below which results run out gently to black instead of being
    clipped; the network was trained with it."""


ARGS = DehazeArgs()

_MAX_STRIPS = 256
"""Neighbouring strips differ by a code or two at most: nobody sees a band."""
_MAX_LOST = 0.88
"""Bounds the gain at 8: more shows only noise and quantisation."""
_KNOTS = 33
"""Tables that are computed; those of the strips are interpolated between them, in a fifth of the time."""


class DehazeEnhancer(Enhancer):
    """Inverts `I = J t + A (1 - t)` with a transmission that changes only with height.

    So each row has one lookup table, rows are done in strips, and all of it costs one pass over the photo. More cannot
    be told of the veil's shape with any certainty, and a wrong transmission per pixel gives halos.

    Args:
        weights: Of the network.
        args: When a veil is taken off, and how it ends.
    """

    def __init__(self, weights: Mapping[str, NDArray[Any]], args: DehazeArgs = ARGS) -> None:
        self._network = ToneNetwork(weights)
        self._args = args

    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        if strength <= 0:
            return image
        thumbnail = View.of(image, cv2.INTER_LINEAR).thumbnail
        features, prior = veil_features(thumbnail)
        seen = self._network(thumbnail, features)
        amount = strength * smoothstep(seen.need, self._args.none_need, self._args.full_need)
        if amount <= 0:
            return image
        veil = prior + seen.vector
        if is_grey(thumbnail):
            veil[:3] = veil[:3].mean()
        height = image.shape[0]
        edges = np.linspace(0, height, min(_MAX_STRIPS, height) + 1).round().astype(int)
        tables = strip_tables(np.exp(veil[:3]), 1 / (1 + np.exp(-veil[3:])), amount, len(edges) - 1, self._args)
        out = np.empty_like(image)
        for table, top, bottom in zip(tables, edges[:-1], edges[1:], strict=True):
            cv2.LUT(image[top:bottom], table[None], dst=out[top:bottom])
        return out


def build(device: str, weights: Path | None = None) -> DehazeEnhancer:
    """Build the enhancer; it runs on the CPU whatever the device.

    Raises:
        WeightsError: The checkpoint cannot be used.
    """
    return DehazeEnhancer(load_checkpoint(WEIGHTS, CHECKPOINTS, weights))


def strip_tables(
    airlight: NDArray[np.float32], lost: NDArray[np.float32], amount: float, strips: int, args: DehazeArgs = ARGS
) -> Image:
    """Return the lookup tables that take the veil off, from the top strip to the bottom one, uint8 (strips, 256, 3).

    Args:
        airlight: Linear light of the veil where nothing shines through, float32 (3,).
        lost: Share of the scene's light that the veil takes, at heights evenly spaced from top to bottom, float32 (K,).
        amount: In [0, 1]; how much of the veil is taken off.
        strips: How many.
        args: How it ends.
    """
    heights = np.interp(np.linspace(0, 1, _KNOTS), np.linspace(0, 1, len(lost)), lost)
    loss = amount * np.minimum(heights, _MAX_LOST)[:, None, None]
    scene = (SRGB_TO_LINEAR[None, :, None] - airlight * loss) / (1 - loss)
    toe = args.toe * loss + 1e-6
    below = np.minimum(scene / toe - 1, 0)
    scene = np.clip(np.where(below < 0, toe * np.exp(below), scene), 0, 1).astype(np.float32)
    tables = np.where(scene <= 0.0031308, 12.92 * scene, 1.055 * np.power(scene, 1 / 2.4) - 0.055)
    size = (tables[0].size, strips)
    middles = cv2.resize(tables.reshape(_KNOTS, -1), size, interpolation=cv2.INTER_LINEAR)
    return np.rint(255 * middles).astype(np.uint8).reshape(strips, 256, 3)
