"""Removes blocks, ringing and colour smear of JPEG compression: sliding DCT shrinkage as strong as its quantisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from enhancers.base import Enhancer
from enhancers.half_size import halve, with_repaired_half
from imaging.image import Image
from imaging.measures.blockiness import IJG_CHROMA_TABLE, IJG_LUMA_TABLE, find_grid, quantisation_scale

if TYPE_CHECKING:
    from enhancers.sliding_dct import SlidingDct


@dataclass(frozen=True, slots=True)
class JpegArtifactsConstants:
    """Constants of the repair.

    Attributes:
        share: Deviation of the error over the quantisation step (sweep on cid22 at qualities 10, 20, 40).
        flatness: Exponent between an error that follows each step (1) and one that is white (0): windows that lie
            across the grid mix the frequencies of the blocks under them.
        idle_scale: Quantisation scale up to which the photo is left alone: quality 88.
        full_scale: Scale from which the repair is whole: quality 70.
        min_contrast: Contrast of the block grid below which the steps are not looked for.
    """

    share: float = 0.22
    flatness: float = 0.5
    idle_scale: float = 0.25
    full_scale: float = 0.6
    min_contrast: float = 0.12


METHOD = "Shifted-window DCT shrinkage tied to the quantisation steps found in the photo, with 16-pixel chroma blocks"


class JpegArtifactsEnhancer(Enhancer):
    """Deblocks and derings luma at full and chroma at half resolution.

    Args:
        engine: The shrinkage engine on its device.
    """

    def __init__(self, engine: SlidingDct, constants: JpegArtifactsConstants | None = None) -> None:
        self._engine = engine
        self._constants = constants or JpegArtifactsConstants()

    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        constants = self._constants
        if strength <= 0:
            return image
        luma, red, blue = cv2.split(cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb))
        grid = find_grid(luma)
        scale = quantisation_scale(luma, grid) if grid.contrast >= constants.min_contrast else 0.0
        share = (scale - constants.idle_scale) / (constants.full_scale - constants.idle_scale)
        amount = strength * min(1.0, max(0.0, share))
        if amount == 0:
            return image
        luma = self._engine.shrink(luma, self._deviation(IJG_LUMA_TABLE * scale), amount=amount)
        deviation = self._deviation(IJG_CHROMA_TABLE * scale)
        planes = [luma]
        for plane in (red, blue):
            half = halve(plane)
            planes.append(with_repaired_half(plane, half, self._engine.shrink(half, deviation), 1.0, amount))
        return cv2.cvtColor(cv2.merge(planes), cv2.COLOR_YCrCb2RGB)

    def _deviation(self, steps: NDArray[np.float32]) -> NDArray[np.float32]:
        """Deviation of the error at each frequency of a window anywhere, float32 (8, 8)."""
        steps = np.minimum(steps, 255)
        flatness = self._constants.flatness
        return (self._constants.share * steps**flatness * steps[:3, :3].mean() ** (1 - flatness)).astype(np.float32)


def build(device: str) -> Enhancer:
    """Make the enhancer for a torch device name ("cpu", "cuda")."""
    from enhancers.sliding_dct import SlidingDct

    return JpegArtifactsEnhancer(SlidingDct(device))
