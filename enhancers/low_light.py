"""Repairs under-exposure: what a longer exposure would have shown, without losing the window."""

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
from enhancers.local_noise import without_noise
from enhancers.local_tone import ILLUMINATIONS, bound_by_noise, illumination, lifted, retone
from imaging.color import SRGB_TO_LINEAR, encode_srgb, luminance
from imaging.defects import Defect
from imaging.image import Image
from imaging.measures.exposure import channel_max
from imaging.measures.percentiles import LUMA, PERCENTS, percentiles
from imaging.mlp import Mlp
from imaging.view import View, small_copy
from imaging.weights import WeightsSpec, load_checkpoint

METHOD = "Exposure in linear light, then a lift by an edge-aware illumination map; a small network tells both"

ARCHITECTURE = "exposure-mlp-2"
"""The network family, as checkpoints name it."""

WEIGHTS = WeightsSpec(
    "low_light.safetensors",
    "40eaf4fec6597e3ae99793acb1462d46ce7e096b3e6aae42c1308ea341f4576c",
    ARCHITECTURE,
    "python -m training.train low_light --minutes 60 (seed 0)",
    LICENCE,
)

MAX_EV = 6.0
"""Longest exposure that is made up for: beyond it an 8-bit photo holds too few codes to show anything."""
MAX_LIFT_EV = 3.5
HIGHLIGHT = PERCENTS.index(98)
"""What is brighter than this share counts as lamps and reflections: the textbook's gain brings it to white, and the
network tells how far this one photo is off."""

_LEAST_LIGHT = 2.0**-10
"""Half a code, added to linear light before its logarithm: darker differences are rounding."""
_STOPS: NDArray[np.float64] = np.log2(SRGB_TO_LINEAR.astype(np.float64) + _LEAST_LIGHT)
"""Linear light of each code in EV below white."""
BANDS = 4
"""Bands of rows that the network is told of, from the top down: a sky is above, a floor below, a window between."""
_BAND_PERCENTS = (10, 50, 90)
_LEAST_LIFT_EV = 0.1
"""Less is not seen, and not worth a second pass over the photo."""
_ROOTS: NDArray[np.float64] = np.sqrt(ILLUMINATIONS)
_CODES: NDArray[np.float64] = np.arange(256) / 255


@dataclass(frozen=True, slots=True)
class DarknessEstimate:
    """How much longer a photo should have been exposed, EV.

    Attributes:
        exposure_ev: All of it.
        lift_ev: By how much the darkest is lifted beyond that.
    """

    exposure_ev: float
    lift_ev: float

    def described(self) -> Mapping[str, float]:
        return {"exposure_ev": self.exposure_ev, "lift_ev": self.lift_ev}


class LowLightEnhancer(Enhancer[DarknessEstimate]):
    """Multiplies linear light by the missing exposure; where that leaves a room dark beside its window, lifts it.

    The exposure is one table of codes, which undoes a short exposure exactly. The lift has a shoulder (Reinhard et al.,
    "Photographic tone reproduction for digital images", SIGGRAPH 2002, eq. 4): `x (1 + x / w^2) / (1 + x)`, where `w`
    is what the lift makes of white, so that white stays white. It follows the illumination, which keeps local contrast,
    and noise bounds it. The noise that either amplifies is taken out again.

    Args:
        weights: Of an `imaging.mlp.Mlp` that makes of `told_of` what to add to the textbook's exposure, the logit of
            the lift, and the log-odds that the photo is dark.
    """

    defect = Defect.LOW_LIGHT

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self._network = Mlp(weights)

    def estimate(self, view: View) -> DarknessEstimate:
        told, exposure = told_of(small_copy(view.image))
        more, lift, _ = (float(value) for value in self._network(told))
        return DarknessEstimate(min(max(exposure + more, 0), MAX_EV), MAX_LIFT_EV / (1 + math.exp(-lift)))

    def apply(self, image: Image, estimate: DarknessEstimate, strength: float) -> Image:
        exposure, lift = strength * estimate.exposure_ev, strength * estimate.lift_ev
        # Codes grow by about the 2.2th root of the light. What was there before is another repair's.
        amplified = math.sqrt(1 - 4 ** (-(exposure + lift) / 2.2))
        return without_noise(relit(image, small_copy(image), exposure, lift), amplified)


def told_of(small: Image) -> tuple[NDArray[np.float32], float]:
    """Return what the network is told of a photo and the exposure in EV that brings its highlights to white.

    Percentiles in EV against the highlights, where these are, and `bands_of` the photo: the exposure is not in the
    first, so that few photos teach much.

    Args:
        small: `imaging.view.small_copy` of it, uint8 RGB (h, w, 3).
    """
    stops = _STOPS[percentiles(small)]
    highlights = float(stops[LUMA, HIGHLIGHT])
    return np.concatenate([(stops - highlights).ravel(), [highlights], bands_of(small)]).astype(np.float32), -highlights


def bands_of(small: Image) -> NDArray[np.float64]:
    """Return what lies where in a photo, from the top down, in EV, float64 (BANDS * 5,).

    Of each band the luminance at `_BAND_PERCENTS`, and its mean red and blue against green.

    Args:
        small: `imaging.view.small_copy` of it, uint8 RGB (h, w, 3).
    """
    light = cv2.LUT(small, SRGB_TO_LINEAR)
    told: list[float] = []
    for band in range(BANDS):
        # Never empty, even of a single row.
        rows = light[band * len(light) // BANDS : -(-(band + 1) * len(light) // BANDS)]
        red, green, blue = cv2.mean(rows)[:3]
        told += [*np.percentile(luminance(rows), _BAND_PERCENTS), red, green, blue]
    stops = np.log2(np.array(told).reshape(BANDS, -1) + _LEAST_LIGHT)
    colours = stops[:, [3, 5]] - stops[:, [4]]
    return np.concatenate([stops[:, :3], colours], axis=1).ravel()


def relit(image: Image, small: Image, exposure: float, lift: float) -> Image:
    """Return the photo after a longer exposure and a lift.

    Args:
        image: uint8 RGB (H, W, 3).
        small: `imaging.view.small_copy` of it.
        exposure: In EV.
        lift: By how much the darkest is lifted beyond that, in EV.
    """
    table = np.rint(255 * _exposed(_CODES, exposure, 0)).astype(np.uint8)
    if lift < _LEAST_LIFT_EV:
        return cv2.LUT(image, table)
    small = cv2.LUT(small, table)
    ratio = bound_by_noise(_exposed(ILLUMINATIONS, 0, lift) / ILLUMINATIONS, small)
    gains = np.interp(illumination(channel_max(small)), _ROOTS, ratio).astype(np.float32)
    return retone(image, table, gains)


def _exposed(codes: NDArray[np.float64], exposure: float, lift: float) -> NDArray[np.float64]:
    """Return encoded sRGB in [0, 1] after a gain of `exposure + lift` EV and a shoulder for the `lift`."""
    light = np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)
    return encode_srgb(lifted(light * 2**exposure, lift))


def build(device: str, weights: Path | None = None) -> LowLightEnhancer:
    """Build the enhancer; it runs on the CPU whatever the device.

    Raises:
        WeightsError: The checkpoint cannot be used.
    """
    return LowLightEnhancer(load_checkpoint(WEIGHTS, CHECKPOINTS, weights))
