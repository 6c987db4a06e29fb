"""Decisions and choices as CSV, each with a header line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from study.decisions import Decision
from study.results import Choice


def decisions_csv(decisions: Iterable[Decision]) -> str:
    """Return decisions; defects are separated by blanks, strengths and settings written as `name=value`."""
    rows = (
        (
            decision.id,
            decision.decided_at.isoformat(),
            decision.version,
            decision.photo,
            "kept" if decision.kept else "discarded",
            " ".join(decision.found),
            " ".join(f"{defect}={strength}" for defect, strength in decision.repaired.items()),
            " ".join(f"{name}={value}" for name, value in decision.adjustments.items()),
        )
        for decision in decisions
    )
    return _csv(("id", "decided_at", "version", "photo", "decision", "found", "repaired", "adjustments"), rows)


def choices_csv(choices: Iterable[Choice]) -> str:
    """Return choices; a side that is several variants' result names them all, separated by blanks."""
    rows = (
        (
            choice.participant,
            choice.photo,
            " ".join(choice.first if choice.first_on_left else choice.second),
            " ".join(choice.second if choice.first_on_left else choice.first),
            choice.side,
            choice.response_ms,
        )
        for choice in choices
    )
    return _csv(("participant", "photo", "left", "right", "choice", "response_ms"), rows)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue()
