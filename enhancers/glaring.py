"""Repairs over-exposure: takes back the exposure that is too much, and lets blown walls be light grey, not paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from enhancers.base import CHECKPOINTS, LICENCE, Enhancer
from enhancers.local_tone import illumination, local_gains, retone, small_copy, tone_table
from enhancers.tone_network import EXPOSURE, ToneNetwork, global_features
from imaging.image import Image
from imaging.measures.exposure import channel_min, smoothstep
from imaging.weights import WeightsSpec, load_checkpoint

METHOD = "A small network tells a tone curve and a grid of local gains, which follow an edge-aware illumination map"

WEIGHTS = WeightsSpec(
    "glaring.safetensors",
    "0b6b277c01e887a28c08fe0b30596d07410997f0c66bed1d05b0478d326b0c25",
    EXPOSURE,
    "python -m training.train glaring --minutes 13 (seed 0)",
    LICENCE,
)


@dataclass(frozen=True, slots=True)
class GlaringParams:
    """What is set on top of the network, on the validation part."""

    min_white: float = 0.88
    """What white may fall to, of 1: 0.80, with which the network was trained, gives 0.1 dB more, but blown windows are
    plainly grey then; 0.94 costs 0.4 dB."""
    need: tuple[float, float] = (1.0, 1.4)
    """Log-odds of glare below which nothing is done, and from which all is: 5 % of clean calibration listings reach the
    lower one, and all over-exposed validation photos but one of 32 do."""


_PARAMS = GlaringParams()
_NEARLY_WHITE = 0.7
"""Encoded value of the darkest channel from which a pixel starts to count as white: later, and it shows contours."""
_RIM_WHITE = 252
_RIM_SHARE = 0.9
"""A photo whose rim is all white but for a tenth is a drawing or stands on a white ground, and is not over-exposed."""
_WHITENESS: NDArray[np.float32] = np.clip((np.arange(256) / 255 - _NEARLY_WHITE) / (1 - _NEARLY_WHITE), 0, 1).astype(
    np.float32
)


class GlaringEnhancer(Enhancer):
    """Applies what a `ToneNetwork` tells of a small copy: a tone curve, and a bilateral grid of gains on top.

    Args:
        weights: Of the network.
    """

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self._network = ToneNetwork(weights)

    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        if strength <= 0:
            return image
        small = small_copy(image)
        seen = self._network(small, global_features(small))
        amount = strength * smoothstep(seen.need, *_PARAMS.need)
        if amount <= 0 or on_white(small):
            return image
        least = 1 - amount * (1 - _PARAMS.min_white)
        # White stays at least so bright: in the table for each code, in the gains where a place is white.
        table = np.maximum(tone_table(seen.vector, amount), np.rint(255 * least * _WHITENESS).astype(np.uint8))
        gains = local_gains(seen.grid, illumination(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)), amount)
        darkest = channel_min(small)
        gains = np.maximum(gains, 255 * least * _WHITENESS[darkest] / np.maximum(table[darkest], 1))
        return retone(image, table, gains)


def on_white(small: Image) -> bool:
    """Return whether the rim of a photo is white, uint8 RGB (h, w, 3)."""
    darkest = channel_min(small)
    rim = np.concatenate([darkest[0], darkest[-1], darkest[:, 0], darkest[:, -1]])
    return float((rim >= _RIM_WHITE).mean()) >= _RIM_SHARE


def build(device: str, weights: Path | None = None) -> GlaringEnhancer:
    """Build the enhancer; it runs on the CPU whatever the device.

    Raises:
        WeightsError: The checkpoint cannot be used.
    """
    return GlaringEnhancer(load_checkpoint(WEIGHTS, CHECKPOINTS, weights))
