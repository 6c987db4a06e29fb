"""From a report to the ordered steps that repair the photo. Pure data made by a pure function."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from imaging.defects import Defect, Finding, Report

ORDER: tuple[Defect, ...] = (
    Defect.JPEG_ARTIFACTS,
    Defect.NOISY,
    Defect.BLUR,
    Defect.HAZY,
    Defect.POOR_WHITE_BALANCE,
    Defect.LOW_LIGHT,
    Defect.GLARING,
    Defect.LOW_CONTRAST,
    Defect.ROTATION,
)
"""The order of repair, the reverse of how the damage came about: first what the file did (blocks), then the sensor and
the lens, while their statistics are untouched by gains and curves; then light, additive (haze) before multiplicative
(cast, exposure) before the tone curve; geometry last, since interpolation correlates noise and softens blocks."""


class Strategy(StrEnum):
    """Which of the found defects are repaired."""

    FIRST = "first"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Step:
    """One repair of a plan.

    Attributes:
        defect: What is repaired.
        strength: In [0, 1]; 1 is the whole repair.
    """

    defect: Defect
    strength: float


def plan(report: Report, strategy: Strategy = Strategy.ALL, strength: float = 1.0) -> tuple[Step, ...]:
    """Return the steps that repair what was found, in the order of `ORDER`.

    Args:
        report: What the detector saw.
        strategy: `FIRST` keeps only the most important defect, the one furthest past its threshold.
        strength: Strength of every step, in [0, 1].

    Returns:
        No step when nothing was found.
    """
    found = [finding for finding in report.findings if finding.found]
    if strategy is Strategy.FIRST and found:
        found = [max(found, key=_excess)]
    return plan_for((finding.defect for finding in found), strength)


def plan_for(defects: Iterable[Defect], strength: float = 1.0) -> tuple[Step, ...]:
    """Return the steps that repair the named defects, each once, whether they were found or not."""
    return tuple(Step(defect, strength) for defect in sorted(set(defects), key=ORDER.index))


def _excess(finding: Finding) -> float:
    """How far past its threshold a severity is, as a share of what is possible, in [0, 1]."""
    room = 1 - finding.threshold
    return (finding.severity - finding.threshold) / room if room > 0 else 1.0
