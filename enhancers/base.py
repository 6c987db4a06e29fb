"""What an enhancer is, and how one is declared."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from imaging.defects import Defect
from imaging.image import Image, Plane
from imaging.view import View
from imaging.weights import WeightsSpec

CHECKPOINTS = Path(__file__).parent / "checkpoints"
"""Where the packaged checkpoints of the repairs lie."""

LICENCE = (
    "free; trained on Unsplash, Pexels and Pixabay photos, Open Images (CC BY 2.0), CLIC, CID22 (CC BY-SA 4.0), "
    "street views of Washington (CC BY-SA) and Poly Haven HDRs (CC0)"
)
"""Of the packaged weights of tone and colour."""


class Estimate(Protocol):
    """The parameters of one defect's damage, estimated from a photo."""

    def described(self) -> Mapping[str, float | list[float]]:
        """Return the parameters by name, in the physical units that the names end with, for people to read."""


EstimateT = TypeVar("EstimateT", bound=Estimate)


class Enhancer(ABC, Generic[EstimateT]):
    """Repairs one defect in two steps: estimates the parameters of the damage, then undoes it.

    Whether a photo is to be repaired is decided elsewhere, by the detector, the plan and the check of the result. An
    enhancer that is called repairs, as strongly as it is told to.

    Attributes:
        defect: Which defect it repairs.
    """

    defect: ClassVar[Defect]

    @abstractmethod
    def estimate(self, view: View) -> EstimateT:
        """Return the parameters of the damage.

        Args:
            view: Of the photo, `View.for_defect(self.defect, image)`, or one that was decoded at a reduced size.
        """

    @abstractmethod
    def apply(self, image: Image, estimate: EstimateT, strength: float) -> Image:
        """Return the repaired photo; the input is never changed.

        Args:
            image: uint8 RGB (H, W, 3), any size from 1×1; may be read-only.
            estimate: What `estimate` returned for its view.
            strength: In (0, 1]; 1 is the whole repair, and towards 0 the result approaches the input.

        Returns:
            uint8 RGB; the shape of the input, except that a rotation crops.
        """

    def apply_alpha(self, alpha: Plane, estimate: EstimateT, strength: float) -> Plane:
        """Return the alpha plane that belongs to `apply(image, estimate, strength)`; only a change of geometry changes
        it."""
        return alpha

    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        """Return the photo repaired by its own estimate; strength 0 gives the object back."""
        if strength <= 0:
            return image
        return self.apply(image, self.estimate(View.for_defect(self.defect, image)), strength)


AnyEnhancer = Enhancer[Any]


class Build(Protocol):
    """Makes an enhancer.

    One on torch imports it in here: torch costs each process over a second and 180 MB, and only the replicas that use
    it shall pay.
    """

    def __call__(self, device: str, weights: Path | None = None) -> AnyEnhancer:
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
        estimate: Estimates without building the enhancer, where that would import torch; None: the enhancer estimates.
    """

    defect: Defect
    build: Build
    title: str
    method: str
    on_torch: bool = False
    weights: WeightsSpec | None = None
    estimate: Callable[[View], Estimate] | None = None

    def estimator(self, weights: Path | None = None) -> Callable[[View], Estimate]:
        """Return what estimates the defect's parameters as its enhancer does, without importing torch.

        Args:
            weights: Another checkpoint of the same network family; None: the packaged one.

        Raises:
            WeightsError: The checkpoint cannot be used.
        """
        return self.estimate or self.build("cpu", weights).estimate
