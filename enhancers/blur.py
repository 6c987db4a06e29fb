"""Sharpens a blurred photo: learned gains on sliding DCT windows, blind to the kernel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from enhancers.base import CHECKPOINTS, Enhancer
from imaging.defects import Defect
from imaging.image import Image
from imaging.measures.sharpness import measure_edge_width
from imaging.view import View
from imaging.weights import WeightsSpec, load_checkpoint

if TYPE_CHECKING:
    from enhancers.networks.tiles import DetailRepair


METHOD = "Sliding DCT windows with gains that a network gives, at viewing size, blind to the kernel"

WEIGHTS = WeightsSpec(
    file="blur.safetensors",
    sha256="5bf15ed08ef51f3f010743d0b8703fb59a7ba2343d1c9fe09a583970aa4489ae",
    architecture="detail-gain-1",
    trained_by="python -m training.train blur --minutes 60 (seed 3, from earlier weights)",
    licence="free to use and modify; trained on stock photos (Unsplash, Pexels, Pixabay), CLIC 2025 and CID22",
)


MEASURED_PX, TRUE_PX = (0.0, 2.7, 3.3, 4.15), (0.0, 3.0, 4.0, 6.0)
"""Widths that are measured in views, and the Gaussian blur that they stand for (18 validation photos and listings): the
sharpest edges of a photo are a little narrower than its blur, and wide ones run into each other."""


@dataclass(frozen=True, slots=True)
class BlurEstimate:
    """How blurred a photo is.

    Attributes:
        sigma_px: Width of its sharpest edges, as the deviation of a Gaussian, pixels of the photo; 0 when unknown.
        factor: Pixels of the photo for each of its view, along one side.
    """

    sigma_px: float
    factor: int

    def described(self) -> Mapping[str, float]:
        return {"sigma_px": self.sigma_px}


def estimate_blur(view: View) -> BlurEstimate:
    """Return how blurred a view is."""
    width_px = float(np.interp(measure_edge_width(view.luma).sigma_px, MEASURED_PX, TRUE_PX))
    return BlurEstimate(view.factor * width_px, view.factor)


class BlurEnhancer(Enhancer[BlurEstimate]):
    """Sharpens at viewing size, where all that a visible blur has left lies, and adds the change to the photo.

    Args:
        network: The network on its device; it is blind to the kernel.
    """

    defect = Defect.BLUR

    def __init__(self, network: DetailRepair) -> None:
        self._network = network

    def estimate(self, view: View) -> BlurEstimate:
        return estimate_blur(view)

    def apply(self, image: Image, estimate: BlurEstimate, strength: float) -> Image:
        return self._network.repair(image, strength, factor=estimate.factor)


def build(device: str, weights: Path | None = None) -> BlurEnhancer:
    """Make the enhancer; see `enhancers.base.Build`."""
    from enhancers.networks.tiles import DetailRepair

    return BlurEnhancer(DetailRepair(load_checkpoint(WEIGHTS, CHECKPOINTS, weights), device))
