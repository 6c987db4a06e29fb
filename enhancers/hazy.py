"""Haze removal: takes a veil of scattered light off the photo."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from enhancers.base import CHECKPOINTS, LICENCE, Enhancer
from imaging.color import SRGB_TO_LINEAR, encode_srgb
from imaging.defects import Defect
from imaging.image import Image
from imaging.measures.exposure import channel_max, channel_min
from imaging.measures.haze import estimate_veil
from imaging.measures.illuminant import is_grey
from imaging.measures.percentiles import LOG_LIGHT, codes_at
from imaging.mlp import Mlp
from imaging.view import View, small_copy
from imaging.weights import WeightsSpec, load_checkpoint

METHOD = "Koschmieder's model inverted in linear light; a small network tells the veil at five heights"

ARCHITECTURE = "veil-mlp-1"
"""The network family, as checkpoints name it."""

HEIGHTS = 5
"""At which the light lost is told, evenly spaced from the top edge to the bottom one."""

WEIGHTS = WeightsSpec(
    "hazy.safetensors",
    "b08c5aa72edcbfbcd4cdf7731cf46efdf9c2db27394fb68d183aa491fcfa8e95",
    ARCHITECTURE,
    "python -m training.train hazy --minutes 48 (seed 0)",
    LICENCE,
)


@dataclass(frozen=True, slots=True)
class DehazeArgs:
    """How a veil that is taken off ends."""

    toe: float = 0.02
    """Linear light, as a share of the light lost, below which results run out gently to black instead of being
    clipped; the network was trained with it."""


ARGS = DehazeArgs()

_PERCENTS = (0, 0.03, 0.1, 0.3, 1, 3, 10, 30, 50, 70, 90, 97, 99, 99.7, 99.9, 99.97, 100)
_FLOORS = (0, 0.1, 0.5, 2, 8, 25)
_CEILINGS = (75, 92, 98, 99.5, 99.9, 100)
_MAX_STRIPS = 256
"""Neighbouring strips differ by a code or two at most: nobody sees a band."""
_MAX_LOST = 0.88
"""Bounds the gain at 8: more shows only noise and quantisation."""
_KNOTS = 33
"""Tables that are computed; those of the strips are interpolated between them, in a fifth of the time."""


@dataclass(frozen=True, slots=True)
class VeilEstimate:
    """The veil over a photo.

    Attributes:
        airlight: Linear light of R, G and B where nothing shines through, float32 (3,).
        lost: Share of the scene's light that the veil takes, evenly spaced from top to bottom, float32 (HEIGHTS,).
    """

    airlight: NDArray[np.float32]
    lost: NDArray[np.float32]

    def described(self) -> Mapping[str, list[float]]:
        return {"airlight": self.airlight.tolist(), "transmission_by_height": (1 - self.lost).tolist()}


class DehazeEnhancer(Enhancer[VeilEstimate]):
    """Inverts `I = J t + A (1 - t)` with a transmission that changes only with height.

    So each row has one lookup table, rows are done in strips, and all of it costs one pass over the photo. More cannot
    be told of the veil's shape with any certainty, and a wrong transmission per pixel gives halos.

    Args:
        weights: Of an `imaging.mlp.Mlp` that makes of `told_of` what to add to the veil expected there, and the
            log-odds that there is one.
        args: How it ends.
    """

    defect = Defect.HAZY

    def __init__(self, weights: Mapping[str, NDArray[Any]], args: DehazeArgs = ARGS) -> None:
        self._network = Mlp(weights)
        self._args = args

    def estimate(self, view: View) -> VeilEstimate:
        small = small_copy(view.image)
        told, expected = told_of(small)
        veil = expected + self._network(told)[:-1]
        if is_grey(small):
            veil[:3] = veil[:3].mean()
        return VeilEstimate(np.exp(veil[:3]), 1 / (1 + np.exp(-veil[3:])))

    def apply(self, image: Image, estimate: VeilEstimate, strength: float) -> Image:
        height = image.shape[0]
        edges = np.linspace(0, height, min(_MAX_STRIPS, height) + 1).round().astype(int)
        tables = strip_tables(estimate.airlight, estimate.lost, strength, len(edges) - 1, self._args)
        out = np.empty_like(image)
        for table, top, bottom in zip(tables, edges[:-1], edges[1:], strict=True):
            cv2.LUT(image[top:bottom], table[None], dst=out[top:bottom])
        return out


def told_of(small: Image) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what the network is told of a photo, and what its measured veil would be worth without a network.

    Black shows the light that the veil adds, white what it leaves: percentiles of each channel, and the lowest and
    highest ones in five bands from top to bottom.

    Args:
        small: `imaging.view.small_copy` of it, uint8 RGB (h, w, 3).

    Returns:
        The former, float32 (F,), and float32 (3 + HEIGHTS,): natural log of the airlight of red, green and blue, and
        log-odds of the light lost at `HEIGHTS` heights, a fit to veiled photos.
    """
    veil = estimate_veil(small)
    floor, white = math.log(veil.floor), math.log(veil.white)
    tint = np.log(veil.tint)
    lost = min(0.85, 0.866 * (veil.floor / veil.white) ** 0.792)
    airlight = 0.041 + 1.067 * floor - 0.092 * white - math.log(lost) + 0.5 * tint
    heights = np.clip(lost * (1 + 0.774 * veil.slope * np.linspace(-1, 1, HEIGHTS)), 0.01, 0.85)
    codes = [codes_at(channel, _PERCENTS) for channel in cv2.split(small)]
    lowest, highest, rows = channel_min(small), channel_max(small), small.shape[0]
    for index in range(HEIGHTS):
        first = index * rows // HEIGHTS
        band = slice(first, max(first + 1, (index + 1) * rows // HEIGHTS))
        codes += [codes_at(lowest[band], _FLOORS), codes_at(highest[band], _CEILINGS)]
    measured = np.clip([floor / 4, veil.slope, white, *tint, veil.haze_score / 4], -3, 3)
    return (
        np.concatenate([LOG_LIGHT[np.concatenate(codes)], measured]).astype(np.float32),
        np.concatenate([airlight, np.log(heights / (1 - heights))]).astype(np.float32),
    )


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
    tables = encode_srgb(np.where(below < 0, toe * np.exp(below), scene).astype(np.float32))
    size = (tables[0].size, strips)
    middles = cv2.resize(tables.reshape(_KNOTS, -1), size, interpolation=cv2.INTER_LINEAR)
    return np.rint(255 * middles).astype(np.uint8).reshape(strips, 256, 3)
