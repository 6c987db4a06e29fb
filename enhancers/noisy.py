"""Removes noise: learned gains on sliding DCT windows, blind to how much noise there is and of what kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from enhancers.base import CHECKPOINTS, Enhancer
from imaging.defects import Defect
from imaging.image import Image
from imaging.measures.noise import measure_noise
from imaging.view import View
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


@dataclass(frozen=True, slots=True)
class NoiseEstimate:
    """How much noise a photo shows.

    Attributes:
        sigma_codes: Standard deviation of the luma's noise, codes: of white noise that shows as much in the view.
    """

    sigma_codes: float

    def described(self) -> Mapping[str, float]:
        return {"sigma_codes": self.sigma_codes}


def estimate_noise(view: View) -> NoiseEstimate:
    """Return how much noise a photo has; reducing it by a factor has divided the deviation of white noise by that."""
    return NoiseEstimate(view.factor * measure_noise(view.luma).sigma)


class NoisyEnhancer(Enhancer[NoiseEstimate]):
    """Denoises a photo. The network is blind: what is noise, and how much of it, it decides at each place.

    Args:
        network: The network on its device.
    """

    defect = Defect.NOISY

    def __init__(self, network: DetailRepair) -> None:
        self._network = network

    def estimate(self, view: View) -> NoiseEstimate:
        return estimate_noise(view)

    def apply(self, image: Image, estimate: NoiseEstimate, strength: float) -> Image:
        return self._network.repair(image, strength)


def build(device: str, weights: Path | None = None) -> NoisyEnhancer:
    """Make the enhancer; see `enhancers.base.Build`."""
    from enhancers.networks.tiles import DetailRepair

    return NoisyEnhancer(DetailRepair(load_checkpoint(WEIGHTS, CHECKPOINTS, weights), device))
