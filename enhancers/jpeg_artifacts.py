"""Removes blocks, ringing and colour smear of JPEG compression: learned gains on DCT windows laid along its blocks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from enhancers.base import CHECKPOINTS, Enhancer
from enhancers.colour_smear import without_smear
from imaging.image import Image
from imaging.measures.blockiness import find_grid
from imaging.measures.noise import BLOCK_PX
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


class JpegArtifactsEnhancer(Enhancer):
    """Deblocks and derings a photo. What is damage the network decides: clean photos come back at 55 dB on average.

    Args:
        network: The network on its device.
    """

    def __init__(self, network: DetailRepair) -> None:
        self._network = network

    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        if strength <= 0:
            return image
        rows, columns = (_middle(length) for length in image.shape[:2])
        grid = find_grid(cv2.cvtColor(image[rows, columns], cv2.COLOR_RGB2GRAY))
        repaired = self._network.repair(image, strength, origin=(grid.row, grid.column))
        return without_smear(repaired, image, strength)


def _middle(length: int) -> slice:
    """The middle of a side, whole blocks away from its start, so that the grid in it is that of the photo."""
    start = max(0, length - GRID_SIDE_PX) // 2 // BLOCK_PX * BLOCK_PX
    return slice(start, start + GRID_SIDE_PX)


def build(device: str, weights: Path | None = None) -> Enhancer:
    """Make the enhancer; see `enhancers.base.Build`."""
    from enhancers.networks.tiles import DetailRepair

    return JpegArtifactsEnhancer(DetailRepair(load_checkpoint(WEIGHTS, CHECKPOINTS, weights), device))
