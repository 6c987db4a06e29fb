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

from detector.base import sigmoid
from imaging.defects import Defect
from imaging.mlp import Mlp
from imaging.view import View
from imaging.weights import Weights, WeightsSpec, load_checkpoint

CHECKPOINTS = Path(__file__).parent / "checkpoints"

WEIGHTS = WeightsSpec(
    file="detector.safetensors",
    sha256="e41c5801d4e56379f280afa440d207cccdd4130e6c81ae015f9a5b78bcccb788",
    architecture="detector-mlp-3",
    trained_by="python -m training.train detector --minutes 20 (seed 0)",
    licence="free; trained on Unsplash, Pexels, Pixabay and Open Images (CC BY) photos, CLIC and CID22 (CC BY-SA 4.0)",
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

        The network was taught 0 where a defect was not made and 0.4 to 1 as it was made worse, so that a severity holds
        both how sure and how bad it is.
        """
        return sigmoid(self.log_odds(view, defect))

    def log_odds(self, view: View, defect: Defect) -> float:
        """Return the natural log-odds whose probability is the severity."""
        return float(view.once(self._log_odds)[self.defects.index(defect)])

    def _log_odds(self, view: View) -> Features:
        features = self.features(view)
        return np.full(len(self.defects), -np.inf, np.float32) if features is None else _network(self.name)(features)


@cache
def _network(name: str) -> Mlp:
    return Mlp(packaged_weights(), f"{name}.")
