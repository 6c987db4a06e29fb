"""Severities told by small trained networks from measured features.

A `Family` is a set of defects told from the same features by one perceptron (`imaging.mlp`). Features are measured and
the network is run once a view, whichever of the family's defects is asked first. `training/train_detector.py` trains
all families; `training/calibrate.py` sets the thresholds that stand beside each defect's severity.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.defects import Defect
from imaging.mlp import Mlp
from imaging.view import View
from imaging.weights import Weights, WeightsSpec, load_checkpoint

CHECKPOINTS = Path(__file__).parent / "checkpoints"

WEIGHTS = WeightsSpec(
    file="detector.safetensors",
    sha256="17517f1113d2fa2d242872e6c3e80c34a1535f9b6c7c770e87f5f7c757526af8",
    architecture="detector-mlp-2",
    trained_by="python -m training.train detector --photos PHOTOS (seed 0)",
    licence="free to use and modify; trained on stock photos (Unsplash, Pexels, Pixabay), CLIC 2025 and CID22",
)

Features = NDArray[np.float32]
"""Measured on a view, float32 (F,)."""


@cache
def packaged_weights() -> Weights:
    """Return the weights of all families, read at the first call."""
    return load_checkpoint(WEIGHTS, CHECKPOINTS)


@dataclass(frozen=True)
class Family:
    """Defects that are told from the same features.

    Attributes:
        name: Prefix of its tensors in the checkpoint.
        defects: What its network tells, in the order of its outputs.
        features: Measures a view, float32 (F,); None where there is too little to measure: severities are 0 then.
    """

    name: str
    defects: tuple[Defect, ...]
    features: Callable[[View], Features | None]

    def severity(self, view: View, defect: Defect) -> float:
        """Return the severity of one of its defects, in [0, 1]: what the network expects, given the features.

        The network was taught 0 where a defect was not made and 0.3 to 1 as it was made worse, so that a severity holds
        both how sure and how bad it is.
        """
        return float(view.once(self._severities)[self.defects.index(defect)])

    def _severities(self, view: View) -> Features:
        features = self.features(view)
        if features is None:
            return np.zeros(len(self.defects), np.float32)
        return np.reciprocal(1 + np.exp(-_network(self.name)(features)))


@cache
def _network(name: str) -> Mlp:
    return Mlp(packaged_weights(), f"{name}.")
