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
from imaging.defects import Defect
from imaging.image import Image
from imaging.measures.percentiles import percentiles
from imaging.mlp import Mlp
from imaging.view import View, small_copy
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
class ContrastEstimate:
    """The affine map of codes that a photo's flat contrast takes to undo.

    Attributes:
        gain: Of tones, about the mean.
        saturation: What colours gain beyond that.
        mean: Mean code of the photo, in [0, 255].
        shift: What is added to it, codes.
    """

    gain: float
    saturation: float
    mean: float
    shift: float

    def described(self) -> Mapping[str, float]:
        return {"gain": self.gain, "saturation": self.saturation, "shift_codes": self.shift}


class LowContrastEnhancer(Enhancer[ContrastEstimate]):
    """Undoes what squeezed the range: a flat picture style, a faded scan, a dirty lens.

    One affine map of RGB, so that grey stays grey: `shift + mean + gain (saturation (x - grey) + grey - mean)`, where
    `grey` is the mean of a pixel's channels.

    Args:
        weights: Of an `imaging.mlp.Mlp` that makes of `told_of` the log of gain and of saturation, what is added to the
            mean, and the log-odds that the photo is flat.
    """

    defect = Defect.LOW_CONTRAST

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self._network = Mlp(weights)

    def estimate(self, view: View) -> ContrastEstimate:
        small = small_copy(view.image)
        log_gain, log_saturation, shift, _ = (float(value) for value in self._network(told_of(small)))
        gain = math.exp(min(max(log_gain, GAIN_LIMITS[0]), GAIN_LIMITS[1]))
        saturation = math.exp(min(max(log_saturation, SATURATION_LIMITS[0]), SATURATION_LIMITS[1]))
        return ContrastEstimate(gain, saturation, float(np.mean(small)), 255 * shift)

    def apply(self, image: Image, estimate: ContrastEstimate, strength: float) -> Image:
        saturation = estimate.saturation
        map_of_rgb = estimate.gain * (saturation * np.eye(3) + (1 - saturation) / 3)
        offset = estimate.mean + estimate.shift - estimate.gain * estimate.mean
        # An affine map by `transform` costs less than a lookup table.
        matrix = np.hstack([np.eye(3) + strength * (map_of_rgb - np.eye(3)), np.full((3, 1), strength * offset)])
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
