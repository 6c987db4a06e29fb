"""Counts what came back and how long it took."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.wire import Answer, WireError

PERCENTILES = (50, 90, 95, 99)


def percentile(values: Sequence[float], percent: float) -> float:
    """Return a percentile; NaN without values.

    Linear interpolation between the closest ranks: method 7 of Hyndman and Fan, "Sample quantiles in statistical
    packages", The American Statistician 1996.

    Args:
        values: In any order.
        percent: In [0, 100].
    """
    if not values:
        return math.nan
    ordered = sorted(values)
    rank = (len(ordered) - 1) * percent / 100
    low = math.floor(rank)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (rank - low)


def server_timing_ms(header: str) -> dict[str, float]:
    """Return the stages of a `Server-Timing` header (W3C Server Timing) in milliseconds; repeated ones are summed."""
    stages: dict[str, float] = {}
    for entry in header.split(","):
        name, *parameters = (part.strip() for part in entry.split(";"))
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "dur":
                stages[name] = stages.get(name, 0.0) + float(value.strip().strip('"'))
    return stages


def without_nan(document: Any) -> Any:
    """Return a JSON document with null for each NaN, for which JSON has no word."""
    match document:
        case dict():
            return {key: without_nan(value) for key, value in document.items()}
        case list():
            return [without_nan(value) for value in document]
        case float() if math.isnan(document):
            return None
        case _:
            return document


@dataclass(slots=True)
class Tally:
    """The answers of one measurement.

    Attributes:
        latencies_ms: Of answers in the 200s.
        statuses: How many answers of each status.
        errors: How many requests without an answer, by reason.
        stages_ms: By stage of `Server-Timing`, the durations of all answers that name it.
        remainders_ms: Of the same answers as `latencies_ms`, what no stage accounts for: HTTP, proxy, hops, queues.
        fixed: How often each `X-Defects-Fixed` value came back.
        first_complaint: The body of the first answer above the 200s.
    """

    latencies_ms: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    stages_ms: dict[str, list[float]] = field(default_factory=dict)
    remainders_ms: list[float] = field(default_factory=list)
    fixed: Counter[str] = field(default_factory=Counter)
    first_complaint: str = ""

    @property
    def good(self) -> int:
        """How many answers were in the 200s."""
        return len(self.latencies_ms)

    def add(self, answer: Answer | WireError, latency_ms: float) -> None:
        """Count one request."""
        if isinstance(answer, WireError):
            self.errors[str(answer)] += 1
            return
        self.statuses[answer.status] += 1
        if not 200 <= answer.status < 300:
            self.first_complaint = self.first_complaint or answer.body.decode("utf-8", "replace")
            return
        self.latencies_ms.append(latency_ms)
        self.fixed[answer.headers.get("x-defects-fixed", "")] += 1
        stages_ms = server_timing_ms(answer.headers.get("server-timing", ""))
        self.remainders_ms.append(latency_ms - sum(stages_ms.values()))
        for stage, duration_ms in stages_ms.items():
            self.stages_ms.setdefault(stage, []).append(duration_ms)

    def percentiles_ms(self) -> dict[str, float]:
        """Return the latencies' percentiles and maximum, milliseconds."""
        named = {f"p{percent}": percentile(self.latencies_ms, percent) for percent in PERCENTILES}
        return {**named, "max": max(self.latencies_ms, default=math.nan)}

    def stage_medians_ms(self) -> dict[str, float]:
        """Return the median of each stage over the answers that name it, milliseconds."""
        return {stage: percentile(durations, 50) for stage, durations in self.stages_ms.items()}
