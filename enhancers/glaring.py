"""Repairs over-exposure: takes back the exposure that is too much and the glare of lamps and windows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
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
from imaging.measures.percentiles import LOG_LIGHT, LUMA, percentiles
from imaging.mlp import Mlp
from imaging.view import View, small_copy
from imaging.weights import WeightsSpec, load_checkpoint

METHOD = "Glare and exposure taken back in linear light, white kept white; a small network predicts both at each place"

ARCHITECTURE = "glare-mlp-3"
"""The network family, as checkpoints name it."""

WEIGHTS = WeightsSpec(
    "glaring.safetensors",
    "4cac74160f3bc7a96d85e98a99764bb6a67d6ff65c4b7b789a2c03b74b5a91e9",
    ARCHITECTURE,
    "python -m training.train glaring --minutes 10 (seed 0)",
    LICENCE,
)

CELLS = 8
"""Rows and columns of places that the network looks at, whatever the photo's aspect ratio."""
EVS = (0.0, 3.5)
"""Over-exposure, EV: beyond it nothing but white is left."""
LOG_GAMMA = (-0.5, 0.5)
"""Natural log of the exponent of codes after it: below 0 opens shadows again."""
WHITE = 0.88
"""Encoded value that white is given at least. The fusion of a real bracket shows blown areas at 0.6 to 0.8; a large
even grey looks dull, and a blown window is to stay one. At 0.8 the best of these curves comes within 19.2 dB of 14
fusions, at 0.86 within 17.5, without a bound 22.4."""
HIGHLIGHT_POWER = 6
"""Of the brightest channel, with which white is raised to that: smooth, so that no contour shows."""
LEAST_LIGHT = 0.25
"""Share of a code's light that no veil takes: beyond it colours are amplified to orange and violet."""


_CELL_PX = 16
_RANKS = (2, 12, 64, 128, 192, 250)
"""Of the 256 sampled pixels of a place, in the order of their darkest channel."""
_AROUND = (1, 3)
"""Which of these are told of the neighbours, too."""
_LEAST_FLOOR = 0.002
"""Added to the light of the darkest, so that its logarithm is finite and a veil can be told over black."""
_LEAST_VEIL = 0.004
"""Less light is not seen, and the rest is one table of codes."""
_BLOWN_CODE = 250
"""Of the lowest channel, from which a pixel counts as white."""
_VEIL_PX = 8
"""Pixels of a large photo, each way, for which the veil is interpolated smoothly; within them linearly."""
_LEAST_VEIL_SIDE_PX = 8 * CELLS
_STRIP_ROWS = 16
"""Strips of floats stay in the cache."""
_CODES: NDArray[np.float64] = np.arange(256) / 255


@dataclass(frozen=True, slots=True)
class OverExposure:
    """How a photo was over-exposed, and how it is to end.

    Attributes:
        exposure_ev: By how much, EV.
        gamma: Exponent of the codes after that is taken back.
        white: Encoded value that white is given at least.
        veil: Linear light laid over each place, float32 (CELLS, CELLS).
        clipped_share: Share of the photo that is white.
    """

    exposure_ev: float
    gamma: float
    white: float
    veil: NDArray[np.float32]
    clipped_share: float

    def described(self) -> Mapping[str, float]:
        return {
            "exposure_ev": self.exposure_ev,
            "gamma": self.gamma,
            "clipped_share": self.clipped_share,
            "most_glare": float(self.veil.max()),
        }

    def scaled(self, amount: float) -> OverExposure:
        """Return a share of it, in [0, 1]."""
        return replace(
            self,
            exposure_ev=amount * self.exposure_ev,
            gamma=self.gamma**amount,
            white=1 - amount * (1 - self.white),
            veil=np.float32(amount) * self.veil,
        )


class GlaringEnhancer(Enhancer[OverExposure]):
    """Takes back the light that glare lays over a place, and the exposure, in linear light.

    White would end grey: it is raised again, and what is nearly white with it, by the brightest channel, so that hue
    stays. Of the veil less is taken there, by the darkest channel, and none from white, which would show its places as
    grey clouds. So the whole is one smooth rising curve of the light.

    Args:
        weights: Of an `imaging.mlp.Mlp` that makes of each row of `told_of`: the logit of EV and the log of gamma, of
            which the mean counts, and the log of the veil against the floor.
    """

    defect = Defect.GLARING

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self._network = Mlp(weights)

    def estimate(self, view: View) -> OverExposure:
        small = small_copy(view.image)
        features, floor = told_of(small)
        answers = self._network(features)
        ev, log_gamma = (float(value) for value in answers[:, :2].mean(axis=0))
        veil = floor * np.exp(np.minimum(answers[:, 2], 0.5))
        return OverExposure(
            EVS[0] + (EVS[1] - EVS[0]) / (1 + math.exp(-min(max(ev, -30), 30))),
            math.exp(min(max(log_gamma, LOG_GAMMA[0]), LOG_GAMMA[1])),
            WHITE,
            veil.reshape(CELLS, CELLS),
            float((channel_min(small) >= _BLOWN_CODE).mean()),
        )

    def apply(self, image: Image, estimate: OverExposure, strength: float) -> Image:
        return exposed_less(image, estimate.scaled(strength))


def told_of(small: Image) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what the network is told at each place, and the light of the darkest there: glare may be as much.

    The darkest channel of the place and of its neighbours, where the place lies, and percentiles of the whole photo.

    Args:
        small: `imaging.view.small_copy` of it, uint8 RGB (h, w, 3).

    Returns:
        Float32 (CELLS**2, F), places row by row, and linear light, float32 (CELLS**2,).
    """
    side = CELLS * _CELL_PX
    darkest = cv2.resize(channel_min(small), (side, side), interpolation=cv2.INTER_NEAREST)
    cells = darkest.reshape(CELLS, _CELL_PX, CELLS, _CELL_PX).transpose(0, 2, 1, 3).reshape(CELLS, CELLS, -1)
    ranked = np.sort(cells, axis=2)[..., _RANKS]
    own = LOG_LIGHT[ranked]
    wide = np.pad(own[..., _AROUND], ((1, 1), (1, 1), (0, 0)), mode="edge")
    around = [wide[i : i + CELLS, j : j + CELLS] for i in range(3) for j in range(3) if (i, j) != (1, 1)]
    place = np.linspace(-1, 1, CELLS, dtype=np.float32)
    codes = percentiles(small)
    whole = np.concatenate([LOG_LIGHT[codes].ravel(), codes[LUMA] / np.float32(255)])
    rest = np.empty((CELLS, CELLS, 2 + whole.size), np.float32)
    rest[..., 0], rest[..., 1], rest[..., 2:] = place[:, None], np.abs(place), whole
    told = np.concatenate([own, *around, rest], axis=2).reshape(CELLS**2, -1)
    return told, SRGB_TO_LINEAR[ranked[..., 0]].ravel() + np.float32(_LEAST_FLOOR)


def exposed_less(image: Image, seen: OverExposure) -> Image:
    """Return the photo as it would be without an over-exposure.

    Args:
        image: uint8 RGB (H, W, 3).
        seen: What is to be undone.
    """
    light = SRGB_TO_LINEAR.astype(np.float64)
    table = _finished(light, seen)
    # Roots of light fit 8 bits as well as codes do; a table makes codes of them.
    of_roots = _finished(_CODES**2, seen)
    lights, least_lights = SRGB_TO_LINEAR, (LEAST_LIGHT * SRGB_TO_LINEAR).astype(np.float32)
    raised = _raised(table, seen.white)
    below_white = (1 - _CODES**HIGHLIGHT_POWER).astype(np.float32)
    height, width = image.shape[:2]
    veil = _veil(seen.veil, height, width) if seen.veil.max() >= _LEAST_VEIL else None
    out = np.empty_like(image)
    for top in range(0, height, _STRIP_ROWS):
        rows = slice(top, top + _STRIP_ROWS)
        if veil is None:
            exposed = cv2.LUT(image[rows], table)
        else:
            taken = cv2.multiply(veil[rows], cv2.LUT(channel_min(image[rows]), below_white))
            bare = cv2.subtract(cv2.LUT(image[rows], lights), cv2.cvtColor(taken, cv2.COLOR_GRAY2RGB))
            bare = cv2.max(bare, cv2.LUT(image[rows], least_lights))
            exposed = cv2.LUT(cv2.convertScaleAbs(cv2.sqrt(bare), alpha=255), of_roots)
        gains = cv2.cvtColor(cv2.LUT(channel_max(image[rows]), raised), cv2.COLOR_GRAY2RGB)
        cv2.multiply(exposed, gains, dst=out[rows], dtype=cv2.CV_8U)
    return out


def build(device: str, weights: Path | None = None) -> GlaringEnhancer:
    """Build the enhancer; it runs on the CPU whatever the device.

    Raises:
        WeightsError: The checkpoint cannot be used.
    """
    return GlaringEnhancer(load_checkpoint(WEIGHTS, CHECKPOINTS, weights))


def _finished(light: NDArray[np.float64], seen: OverExposure) -> NDArray[np.uint8]:
    """Return the codes of light after exposure and gamma, uint8 (256,)."""
    return np.rint(255 * encode_srgb(light / 2**seen.exposure_ev) ** seen.gamma).astype(np.uint8)


def _raised(table: NDArray[np.uint8], white: float) -> NDArray[np.float32]:
    """Return the gain at each code of the brightest channel that brings white to `white`, float32 (256,)."""
    missing = max(0.0, white - table[255] / 255)
    return (1 + missing * _CODES**HIGHLIGHT_POWER / np.maximum(table / 255, 1 / 255)).astype(np.float32)


def _veil(places: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Return the veil at each pixel, float32 (H, W): smooth as glare is, and never below 0."""
    size = tuple(min(side, max(side // _VEIL_PX, _LEAST_VEIL_SIDE_PX)) for side in (width, height))
    smooth = cv2.resize(np.sqrt(places), size, interpolation=cv2.INTER_CUBIC) ** 2
    return cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)
