"""What a detector of one defect is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from imaging.defects import Defect, Sensitivity
from imaging.view import View

Thresholds = Mapping[Sensitivity, float]


def thresholds(*, careful: float, normal: float, eager: float) -> Thresholds:
    """Return the thresholds of a defect."""
    return {Sensitivity.CAREFUL: careful, Sensitivity.NORMAL: normal, Sensitivity.EAGER: eager}


@dataclass(frozen=True, slots=True)
class DetectorSpec:
    """The detector's entry for one defect.

    Attributes:
        defect: Which defect.
        severity: Severity in [0, 1] of that defect in a view.
        thresholds: The severity from which the defect counts as found, in (0, 1], at each sensitivity; from
            `training/calibrate.py`.
    """

    defect: Defect
    severity: Callable[[View], float]
    thresholds: Thresholds


def sigmoid(log_odds: float) -> float:
    """Return the probability of natural log-odds, in [0, 1]."""
    return 1 / (1 + math.exp(-log_odds)) if log_odds > -50 else 0.0
