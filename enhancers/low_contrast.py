"""Repairs flat contrast: black and white points go back to where they belong, and colours with them."""

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
from imaging.image import Image
from imaging.measures.exposure import smoothstep
from imaging.measures.percentiles import percentiles
from imaging.mlp import Mlp
from imaging.view import small_copy
from imaging.weights import WeightsSpec, load_checkpoint

METHOD = "One affine map of codes, gain, saturation and mean told by a small network from percentiles"

ARCHITECTURE = "contrast-mlp-1"
"""The network family, as checkpoints name it."""

WEIGHTS = WeightsSpec(
    "low_contrast.safetensors",
    "fc275f5d36ba0ea6c3efbd499145ec61026dfd2c9bcbc40f95500486bffd2ed3",
    ARCHITECTURE,
    "python -m training.train low_contrast --minutes 12 (seed 0)",
    LICENCE,
)

GAIN_LIMITS = (-0.5, 1.5)
"""Natural log of the gain of tones; at 4.5 a code becomes a step that shows."""
SATURATION_LIMITS = (-0.5, 0.7)
"""Natural log of what colours gain beyond that."""


@dataclass(frozen=True, slots=True)
class LowContrastArgs:
    """Set on clean and flattened validation photos, and clean listing photos of the calibration part."""

    need: tuple[float, float] = (1.0, 2.0)
    """Log-odds of flatness up to which nothing is done, and from which all is."""


ARGS = LowContrastArgs()


class LowContrastEnhancer(Enhancer):
    """Undoes what squeezed the range: a flat picture style, a faded scan, a dirty lens.

    One affine map of RGB, so that grey stays grey: `shift + mean + gain (saturation (x - grey) + grey - mean)`, where
    `grey` is the mean of a pixel's channels.

    Args:
        weights: Of an `imaging.mlp.Mlp` that makes of `told_of` the log of gain and of saturation, what is added to the
            mean, and the log-odds that the photo is flat.
        args: From when on it is repaired.
    """

    def __init__(self, weights: Mapping[str, NDArray[Any]], args: LowContrastArgs = ARGS) -> None:
        self._network = Mlp(weights)
        self._args = args

    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        if strength <= 0:
            return image
        small = small_copy(image)
        log_gain, log_saturation, shift, need = (float(value) for value in self._network(told_of(small)))
        amount = strength * smoothstep(need, *self._args.need)
        if amount <= 0:
            return image
        gain = math.exp(min(max(log_gain, GAIN_LIMITS[0]), GAIN_LIMITS[1]))
        saturation = math.exp(min(max(log_saturation, SATURATION_LIMITS[0]), SATURATION_LIMITS[1]))
        mean = float(np.mean(small))
        map_of_rgb = gain * (saturation * np.eye(3) + (1 - saturation) / 3)
        offset = mean + 255 * shift - gain * mean
        # An affine map by `transform` costs less than a lookup table.
        matrix = np.hstack([np.eye(3) + amount * (map_of_rgb - np.eye(3)), np.full((3, 1), amount * offset)])
        return cv2.transform(image, matrix.astype(np.float32))


def told_of(small: Image) -> NDArray[np.float32]:
    """Return what the network is told of a photo: percentiles in [0, 1].

    Args:
        small: `imaging.view.small_copy` of it, uint8 RGB (h, w, 3).
    """
    return (percentiles(small).ravel() / 255).astype(np.float32)


def build(device: str, weights: Path | None = None) -> LowContrastEnhancer:
    """Build the enhancer; it runs on the CPU whatever the device.

    Raises:
        WeightsError: The checkpoint cannot be used.
    """
    return LowContrastEnhancer(load_checkpoint(WEIGHTS, CHECKPOINTS, weights))
