"""Removes noise: sliding DCT shrinkage of luma and chroma, steered by the noise measured in the photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from enhancers.base import Enhancer
from imaging.image import Image, Plane
from imaging.measures.noise import NoiseProfile, measure_noise

if TYPE_CHECKING:
    from enhancers.sliding_dct import SlidingDct


@dataclass(frozen=True, slots=True)
class NoisyConstants:
    """Constants of the repair.

    Attributes:
        idle_sigma: Noise in codes below which a plane is left alone: fine texture and rounding measure as much.
        full_sigma: Noise from which the repair is whole; between the two it grows.
        luma_gain: Factor on the measured luma noise; below 1 leaves a little grain, so that walls do not turn to plastic.
        chroma_gain: Factor on the measured chroma noise; blotches of colour are uglier than grain.
    """

    idle_sigma: float = 1.5
    full_sigma: float = 3.0
    luma_gain: float = 1.0
    chroma_gain: float = 1.2


METHOD = "Two-pass sliding DCT shrinkage of luma and chroma, steered by the noise spectrum measured in the photo"


class NoisyEnhancer(Enhancer):
    """Denoises luma at full and chroma at half resolution.

    Args:
        engine: The shrinkage engine on its device.
    """

    def __init__(self, engine: SlidingDct, constants: NoisyConstants | None = None) -> None:
        self._engine = engine
        self._constants = constants or NoisyConstants()

    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        if strength <= 0:
            return image
        constants = self._constants
        luma, red, blue = cv2.split(cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb))
        half = (max(1, luma.shape[1] // 2), max(1, luma.shape[0] // 2))
        guide = cv2.resize(luma, half, interpolation=cv2.INTER_AREA)
        clean_luma = self._denoise(luma, luma, measure_noise(luma), constants.luma_gain, strength)
        clean_red, clean_blue = (self._denoise_chroma(plane, guide, strength) for plane in (red, blue))
        if clean_luma is luma and clean_red is red and clean_blue is blue:
            return image
        return cv2.cvtColor(cv2.merge((clean_luma, clean_red, clean_blue)), cv2.COLOR_YCrCb2RGB)

    def _denoise(self, plane: Plane, guide: Plane, noise: NoiseProfile, gain: float, strength: float) -> Plane:
        constants = self._constants
        share = (noise.sigma - constants.idle_sigma) / (constants.full_sigma - constants.idle_sigma)
        amount = strength * min(1.0, max(0.0, share))
        if amount == 0:
            return plane
        return self._engine.shrink(plane, gain * noise.spectrum, _level(guide, noise), amount)

    def _denoise_chroma(self, plane: Plane, guide: Plane, strength: float) -> Plane:
        """Denoise at half size, and add what changed to the full-size plane without its finest detail."""
        half = cv2.resize(plane, (guide.shape[1], guide.shape[0]), interpolation=cv2.INTER_AREA)
        noise = measure_noise(half, guide)
        clean = self._denoise(half, guide, noise, self._constants.chroma_gain, strength)
        if clean is half:
            return plane
        return cv2.resize(clean, (plane.shape[1], plane.shape[0]), interpolation=cv2.INTER_LINEAR)


def _level(guide: Plane, noise: NoiseProfile) -> NDArray[np.float32]:
    """Factor on the noise for each 4x4 cell of the plane, from its brightness."""
    height, width = guide.shape
    cells = cv2.resize(guide, (-(-width // 4), -(-height // 4)), interpolation=cv2.INTER_AREA)
    return noise.by_code[cv2.blur(cells, (3, 3), borderType=cv2.BORDER_REPLICATE)]


def build(device: str) -> Enhancer:
    """Make the enhancer for a torch device name ("cpu", "cuda")."""
    from enhancers.sliding_dct import SlidingDct

    return NoisyEnhancer(SlidingDct(device))
