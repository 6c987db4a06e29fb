"""Removes noise: sliding DCT shrinkage of luma and chroma, steered by the noise measured in the photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from enhancers.base import Enhancer
from enhancers.half_size import enlarge, halve, with_repaired_half
from imaging.image import Image, Plane
from imaging.measures.noise import NoiseProfile, measure_noise, sample_blocks

if TYPE_CHECKING:
    from enhancers.sliding_dct import SlidingDct


@dataclass(frozen=True, slots=True)
class NoisyConstants:
    """Constants of the repair.

    Attributes:
        idle_sigma: Noise in codes below which a plane is left alone: fine texture and rounding measure as much.
        full_sigma: Noise from which the repair is whole; between the two it grows.
        luma_gain: Factor on the measured luma noise; below 1 leaves a little grain: walls must not turn to plastic.
        chroma_gain: Factor on the measured chroma noise; blotches of colour are uglier than grain.
        least_chroma: Least noise of half-size chroma over the noise of luma. Compression quantises chroma noise away
            where it is measured, in flat blocks, and leaves it elsewhere (true ratio 0.35 to 0.6).
    """

    idle_sigma: float = 1.5
    full_sigma: float = 3.0
    luma_gain: float = 0.9
    chroma_gain: float = 1.2
    least_chroma: float = 0.4


DETAIL_SCALE, DETAIL_OFFSET = 1.5, 0.18
"""Chroma detail kept over the unevenness of its energy, and the unevenness of pure noise (see `_detail_share`)."""

_NO_DETAIL = 128

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
        luma, red, blue = cv2.split(cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb))
        noise = measure_noise(luma, silent_sigma=self._constants.idle_sigma)
        guide = halve(luma)
        planes = (
            self._denoise_luma(luma, noise, strength),
            self._denoise_chroma(red, guide, noise, strength),
            self._denoise_chroma(blue, guide, noise, strength),
        )
        if planes[0] is luma and planes[1] is red and planes[2] is blue:
            return image
        return cv2.cvtColor(cv2.merge(planes), cv2.COLOR_YCrCb2RGB)

    def _denoise_luma(self, luma: Plane, noise: NoiseProfile, strength: float) -> Plane:
        amount = strength * self._share(noise.sigma)
        if amount == 0:
            return luma
        return self._engine.shrink(luma, self._constants.luma_gain * noise.spectrum, _level(luma, noise), amount)

    def _denoise_chroma(self, plane: Plane, guide: Plane, luma_noise: NoiseProfile, strength: float) -> Plane:
        constants = self._constants
        half = halve(plane)
        noise = measure_noise(half, guide, silent_sigma=constants.idle_sigma)
        amount = strength * self._share(max(noise.sigma, luma_noise.sigma))
        if amount == 0:
            return plane
        least = constants.least_chroma * luma_noise.sigma
        level = _level(guide, noise if noise.sigma > least else luma_noise)
        spectrum = np.maximum(noise.spectrum, least).astype(np.float32)
        clean = self._engine.shrink(half, constants.chroma_gain * spectrum, level)
        return with_repaired_half(plane, half, clean, _detail_share(plane, half), amount)

    def _share(self, sigma: float) -> float:
        """Share of the repair that noise of that deviation gets."""
        constants = self._constants
        return min(1.0, max(0.0, (sigma - constants.idle_sigma) / (constants.full_sigma - constants.idle_sigma)))


def _detail_share(plane: Plane, half: Plane) -> float:
    """Share of the detail finer than half size to keep, one number for the plane.

    Noise lies evenly over the photo, detail does not: the median energy of blocks against their mean tells the two
    apart. Scale and offset are a fit to the Wiener gain with the clean plane known, on calibration photos.
    """
    fine = cv2.addWeighted(plane, 1, enlarge(half, plane), -1, _NO_DETAIL)
    energies = np.square(sample_blocks(fine, 4000).astype(np.float32) - _NO_DETAIL).mean(axis=1)
    if len(energies) == 0 or energies.mean() == 0:
        return 0.0
    unevenness = 1 - float(np.median(energies) / energies.mean())
    return min(1.0, max(0.0, DETAIL_SCALE * (unevenness - DETAIL_OFFSET)))


def _level(guide: Plane, noise: NoiseProfile) -> NDArray[np.float32]:
    """Factor on the noise for each 4x4 cell of the plane, from its brightness."""
    height, width = guide.shape
    cells = cv2.resize(guide, (-(-width // 4), -(-height // 4)), interpolation=cv2.INTER_AREA)
    return noise.by_code[cv2.blur(cells, (3, 3), borderType=cv2.BORDER_REPLICATE)]


def build(device: str) -> Enhancer:
    """Make the enhancer for a torch device name ("cpu", "cuda")."""
    from enhancers.sliding_dct import SlidingDct

    return NoisyEnhancer(SlidingDct(device))
