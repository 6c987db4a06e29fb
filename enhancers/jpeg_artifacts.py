"""Removes blocks, ringing and colour smear of JPEG compression: learned gains on DCT windows laid along its blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from enhancers.base import CHECKPOINTS, Enhancer
from enhancers.colour_smear import without_smear
from imaging.defects import Defect
from imaging.image import Image
from imaging.measures.blockiness import find_grid, quantisation_scale
from imaging.measures.noise import BLOCK_PX
from imaging.view import View
from imaging.weights import WeightsSpec, load_checkpoint

if TYPE_CHECKING:
    from enhancers.networks.tiles import DetailRepair


GRID_SIDE_PX = 1024
"""Side of the middle part of a photo in which the grid of blocks is looked for; it is the same everywhere."""

METHOD = (
    "DCT windows along the blocks with gains that a network gives, blind to the quality of the compression; "
    "chroma drawn to the edges of luma"
)

WEIGHTS = WeightsSpec(
    file="jpeg_artifacts.safetensors",
    sha256="755fc7b7f19e48e1b2a21dc5572d003b3bedaca248f5816727cc73b3d82451b8",
    architecture="detail-gain-1",
    trained_by="python -m training.train jpeg_artifacts --minutes 80 (seed 3, from earlier weights)",
    licence="free to use and modify; trained on stock photos (Unsplash, Pexels, Pixabay), CLIC 2025 and CID22",
)


FINEST_QUALITY = 100.0
"""Quality of a photo in which no quantisation shows."""


@dataclass(frozen=True, slots=True)
class CompressionEstimate:
    """How coarsely a photo was compressed.

    Attributes:
        quality: In [1, 100] on the scale of the Independent JPEG Group.
    """

    quality: float

    def described(self) -> Mapping[str, float]:
        return {"quality": self.quality}


def estimate_compression(view: View) -> CompressionEstimate:
    """Return the quality that the file tells or, of a view that is not reduced, the gaps between DCT coefficients."""
    if view.jpeg_quality is not None:
        return CompressionEstimate(float(view.jpeg_quality))
    if view.factor > 1:
        return CompressionEstimate(FINEST_QUALITY)
    scale = quantisation_scale(view.luma, find_grid(view.luma))
    return CompressionEstimate(FINEST_QUALITY if scale <= 0 else 100 - 50 * scale if scale < 1 else 50 / scale)


class JpegArtifactsEnhancer(Enhancer[CompressionEstimate]):
    """Deblocks and derings a photo. The network is blind: what is damage, and how much of it, it decides.

    Args:
        network: The network on its device.
    """

    defect = Defect.JPEG_ARTIFACTS

    def __init__(self, network: DetailRepair) -> None:
        self._network = network

    def estimate(self, view: View) -> CompressionEstimate:
        return estimate_compression(view)

    def apply(self, image: Image, estimate: CompressionEstimate, strength: float) -> Image:
        rows, columns = (_middle(length) for length in image.shape[:2])
        grid = find_grid(cv2.cvtColor(image[rows, columns], cv2.COLOR_RGB2GRAY))
        repaired = self._network.repair(image, strength, origin=(grid.row, grid.column))
        return without_smear(repaired, image, strength)


def _middle(length: int) -> slice:
    """The middle of a side, whole blocks away from its start, so that the grid in it is that of the photo."""
    start = max(0, length - GRID_SIDE_PX) // 2 // BLOCK_PX * BLOCK_PX
    return slice(start, start + GRID_SIDE_PX)


def build(device: str, weights: Path | None = None) -> JpegArtifactsEnhancer:
    """Make the enhancer; see `enhancers.base.Build`."""
    from enhancers.networks.tiles import DetailRepair

    return JpegArtifactsEnhancer(DetailRepair(load_checkpoint(WEIGHTS, CHECKPOINTS, weights), device))
