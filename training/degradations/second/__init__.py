"""The second family of degradations: other formulas and other parameters than the first; trained on, too."""

from __future__ import annotations

from imaging.defects import Defect
from training.degradations.camera import Degradation

SECOND: dict[Defect, Degradation] = {}
"""The degradation that makes each defect."""
