"""What people decided on results, and how often they keep the repair of each defect."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from scipy.stats import binomtest

from imaging.defects import Defect

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on one result.

    Attributes:
        photo: SHA-256 of the uploaded file, hex.
        found: The defects that were found.
        repaired: Strength in [0, 1] of each repair.
        adjustments: Manual settings that are not at 0.
        kept: Whether the result was kept rather than discarded.
        decided_at: When, with a time zone.
        version: Of the program that answered.
    """

    photo: str
    found: tuple[Defect, ...]
    repaired: Mapping[Defect, float]
    adjustments: Mapping[str, float]
    kept: bool
    decided_at: datetime
    version: str

    @property
    def id(self) -> str:
        """Digest of the result: the photo and all that was done to it, in whatever order it was named."""
        result = {"photo": self.photo, "repaired": dict(self.repaired), "adjustments": dict(self.adjustments)}
        return sha256(json.dumps(result, sort_keys=True).encode()).hexdigest()


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


def to_csv(decisions: Iterable[Decision]) -> str:
    """Return decisions as CSV with a header line.

    Lists are separated by blanks; strengths and settings are written as `name=value`.
    """
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["id", "decided_at", "version", "photo", "decision", "found", "repaired", "adjustments"])
    for decision in decisions:
        writer.writerow(
            [
                decision.id,
                decision.decided_at.isoformat(),
                decision.version,
                decision.photo,
                "kept" if decision.kept else "discarded",
                " ".join(decision.found),
                " ".join(f"{defect}={strength}" for defect, strength in decision.repaired.items()),
                " ".join(f"{name}={value}" for name, value in decision.adjustments.items()),
            ]
        )
    return file.getvalue()


def _rate(kept: list[bool]) -> Acceptance:
    """Wilson's interval (JASA 22, 1927) holds its level for few decisions and for rates near 0 and 1."""
    test = binomtest(sum(kept), len(kept))
    interval = test.proportion_ci(CONFIDENCE, "wilson")
    return Acceptance(test.n, test.k, test.statistic, float(interval.low), float(interval.high))
