"""Sharpens a blurred photo: learned gains on sliding DCT windows, blind to the kernel."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from enhancers.base import CHECKPOINTS, Enhancer
from imaging.image import Image
from imaging.measures.sharpness import measure_edge_width
from imaging.view import view_factor
from imaging.weights import WeightsSpec, load_checkpoint

if TYPE_CHECKING:
    from enhancers.networks.tiles import DetailRepair


@dataclass(frozen=True, slots=True)
class BlurConstants:
    """Constants of the repair. Lengths are pixels at viewing size.

    Attributes:
        idle_sigma_px: Edge width up to which a photo is left alone: clean validation photos measure at most 0.52.
        full_sigma_px: Edge width from which the repair is whole.
    """

    idle_sigma_px: float = 0.5
    full_sigma_px: float = 0.9


METHOD = "Sliding DCT windows with gains that a network gives, at viewing size, blind to the kernel"

WEIGHTS = WeightsSpec(
    file="blur.safetensors",
    sha256="5bf15ed08ef51f3f010743d0b8703fb59a7ba2343d1c9fe09a583970aa4489ae",
    architecture="detail-gain-1",
    trained_by="python -m training.train blur --minutes 60 (seed 3, from earlier weights)",
    licence="free to use and modify; trained on stock photos (Unsplash, Pexels, Pixabay), CLIC 2025 and CID22",
)


class BlurEnhancer(Enhancer):
    """Sharpens at viewing size, where all that a visible blur has left lies, and adds the change to the photo.

    Args:
        network: The network on its device.
    """

    def __init__(self, network: DetailRepair, constants: BlurConstants | None = None) -> None:
        self._network = network
        self._constants = constants or BlurConstants()

    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        if strength <= 0:
            return image
        constants = self._constants
        height, width = image.shape[:2]
        factor = view_factor(width, height)
        size = max(1, width // factor), max(1, height // factor)
        luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        edges = measure_edge_width(luma if factor == 1 else cv2.resize(luma, size, interpolation=cv2.INTER_AREA))
        share = (edges.sigma_px - constants.idle_sigma_px) / (constants.full_sigma_px - constants.idle_sigma_px)
        amount = strength * min(1.0, max(0.0, share))
        return image if amount == 0 else self._network.repair(image, amount, factor=factor)


def build(device: str, weights: Path | None = None) -> Enhancer:
    """Make the enhancer; see `enhancers.base.Build`."""
    from enhancers.networks.tiles import DetailRepair

    return BlurEnhancer(DetailRepair(load_checkpoint(WEIGHTS, CHECKPOINTS, weights), device))
