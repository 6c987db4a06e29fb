"""How often people keep the repair of each defect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scipy.stats import binomtest

from imaging.defects import Defect
from study.decisions import Decision

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Acceptance:
    """How many results were kept.

    Attributes:
        decisions: How many were decided on.
        kept: How many of them were kept.
        rate: kept / decisions, in [0, 1].
        low: Lower end of the 95 % confidence interval of the rate.
        high: Its upper end.
    """

    decisions: int
    kept: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AcceptanceReport:
    """Acceptance over all decisions and by repaired defect; a decision counts for every repair in its result."""

    all: Acceptance | None
    defects: Mapping[Defect, Acceptance]


def acceptance(decisions: Iterable[Decision]) -> AcceptanceReport:
    """Return the acceptance rates of some decisions."""
    overall: list[bool] = []
    by_defect: dict[Defect, list[bool]] = defaultdict(list)
    for decision in decisions:
        overall.append(decision.kept)
        for defect in decision.repaired:
            by_defect[defect].append(decision.kept)
    return AcceptanceReport(
        _rate(overall) if overall else None,
        {defect: _rate(by_defect[defect]) for defect in Defect if defect in by_defect},
    )


def acceptance_by_week(decisions: Iterable[Decision]) -> dict[str, AcceptanceReport]:
    """Return the acceptance rates by ISO week in UTC ("2026-W07"), oldest first."""
    weeks: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        year, week, _ = decision.decided_at.isocalendar()
        weeks[f"{year}-W{week:02}"].append(decision)
    return {week: acceptance(weeks[week]) for week in sorted(weeks)}


def _rate(kept: list[bool]) -> Acceptance:
    """Wilson's interval (JASA 22, 1927) holds its level for few decisions and for rates near 0 and 1."""
    test = binomtest(sum(kept), len(kept))
    interval = test.proportion_ci(CONFIDENCE, "wilson")
    return Acceptance(test.n, test.k, test.statistic, float(interval.low), float(interval.high))
