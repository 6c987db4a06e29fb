"""The third family of degradations, which differs from both and is never trained on: figures are reported on it."""

from __future__ import annotations

from imaging.defects import Defect
from training.degradations.camera import Degradation

THIRD: dict[Defect, Degradation] = {}
"""The degradation that makes each defect."""
