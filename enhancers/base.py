"""What an enhancer is, and how one is declared."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from imaging.defects import Defect
from imaging.image import Image, Plane
from imaging.weights import WeightsSpec

CHECKPOINTS = Path(__file__).parent / "checkpoints"
"""Where the packaged checkpoints of the repairs lie."""

LICENCE = "free; trained on Unsplash, Pexels and Pixabay photos, CLIC, CID22 (CC BY-SA 4.0) and Poly Haven HDRs (CC0)"
"""Of the packaged weights of tone and colour."""


class Enhancer(ABC):
    """Repairs one defect. It measures what it needs in the photo itself, so that a photo without the defect comes back
    all but unchanged (at least 40 dB PSNR to the input)."""

    @abstractmethod
    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        """Return the repaired photo; the input is never changed.

        Args:
            image: uint8 RGB (H, W, 3), any size from 1×1; may be read-only.
            strength: In [0, 1]; 0 gives the input back, 1 the whole repair, between it is continuous.

        Returns:
            uint8 RGB; the shape of the input, except that a rotation crops.
        """

    def enhance_alpha(self, alpha: Plane, image: Image, strength: float = 1.0) -> Plane:
        """Return the alpha plane that belongs to `enhance(image, strength)`; only a change of geometry changes it."""
        return alpha


class Build(Protocol):
    """Makes an enhancer.

    One on torch imports it in here: torch costs each process over a second and 180 MB, and only the replicas that use
    it shall pay.
    """

    def __call__(self, device: str, weights: Path | None = None) -> Enhancer:
        """Make it.

        Args:
            device: A torch device name ("cpu", "cuda").
            weights: Another checkpoint of the same network family; None: the packaged one. A repair without a network
                has no use for it.

        Raises:
            WeightsError: The checkpoint cannot be used.
        """


@dataclass(frozen=True, slots=True)
class EnhancerSpec:
    """The catalogue's entry for one defect.

    Attributes:
        defect: Which defect it repairs.
        build: Makes the enhancer.
        title: The defect in plain words, for people.
        method: The method in one line, for people.
        on_torch: Whether it computes on torch, and so on a GPU where there is one.
        weights: Its network's packaged checkpoint; None when it has no network.
    """

    defect: Defect
    build: Build
    title: str
    method: str
    on_torch: bool = False
    weights: WeightsSpec | None = None
