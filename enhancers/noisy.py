"""Removes noise: learned gains on sliding DCT windows, blind to how much noise there is and of what kind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from enhancers.base import CHECKPOINTS, Enhancer
from imaging.image import Image
from imaging.weights import WeightsSpec, load_checkpoint

if TYPE_CHECKING:
    from enhancers.networks.tiles import DetailRepair


METHOD = "Sliding DCT windows with gains that a network gives, blind to the level and kind of the noise"

WEIGHTS = WeightsSpec(
    file="noisy.safetensors",
    sha256="0b97bcbe2fa076e676d37a2c9af6bbcdcbf0197f94cc95f7fabb235c0881215a",
    architecture="detail-gain-1",
    trained_by="python -m training.train noisy --minutes 30 (seed 3, from earlier weights)",
    licence="free to use and modify; trained on stock photos (Unsplash, Pexels, Pixabay), CLIC 2025 and CID22",
)


class NoisyEnhancer(Enhancer):
    """Denoises a photo. What is noise the network decides: clean photos come back at 51 dB on average.

    Args:
        network: The network on its device.
    """

    def __init__(self, network: DetailRepair) -> None:
        self._network = network

    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        return self._network.repair(image, strength) if strength > 0 else image


def build(device: str, weights: Path | None = None) -> Enhancer:
    """Make the enhancer; see `enhancers.base.Build`."""
    from enhancers.networks.tiles import DetailRepair

    return NoisyEnhancer(DetailRepair(load_checkpoint(WEIGHTS, CHECKPOINTS, weights), device))
