from __future__ import annotations

import csv
import io
from datetime import datetime

from imaging.defects import Defect
from study.decisions import Decision
from study.export import choices_csv, decisions_csv
from study.results import Choice
from tests.study.samples import decision


def numbers(cell: str) -> dict[str, float]:
    return {name: float(value) for name, value in (item.split("=") for item in cell.split())}


def read(row: dict[str, str]) -> Decision:
    return Decision(
        row["photo"],
        tuple(Defect(name) for name in row["found"].split()),
        {Defect(name): strength for name, strength in numbers(row["repaired"]).items()},
        numbers(row["adjustments"]),
        {"kept": True, "discarded": False}[row["decision"]],
        datetime.fromisoformat(row["decided_at"]),
        row["version"],
    )


def test_decisions_come_back_from_csv_as_they_were() -> None:
    made = [
        decision(1, repaired={Defect.NOISY: 1 / 3, Defect.BLUR: 1.0}, adjustments={"tint": -2.5, "exposure": 1e-7}),
        decision(2, found=(), repaired={}, adjustments={}, kept=False),
    ]
    rows = list(csv.DictReader(io.StringIO(decisions_csv(made))))
    assert [read(row) for row in rows] == made
    assert [row["id"] for row in rows] == [each.id for each in made]


def test_choices_say_what_was_seen_where() -> None:
    choices = [
        Choice(1, "x", 'kitchen, "big".jpg', ("all",), ("original", "first"), "first", True, 900),
        Choice(2, "x", 'kitchen, "big".jpg', ("all",), ("original", "first"), "first", False, 1200),
        Choice(3, "x", 'kitchen, "big".jpg', ("all",), ("original", "first"), "same", False, 1200),
    ]
    rows = list(csv.DictReader(io.StringIO(choices_csv(choices))))
    assert {row["photo"] for row in rows} == {'kitchen, "big".jpg'}
    assert [(row["left"], row["right"], row["choice"]) for row in rows] == [
        ("all", "original first", "left"),
        ("original first", "all", "right"),
        ("original first", "all", "same"),
    ]
