from __future__ import annotations

from datetime import UTC, datetime

import pytest

from imaging.defects import Defect
from study.acceptance import acceptance, acceptance_by_week
from tests.study.samples import decision


def test_a_decision_counts_for_every_repair_in_the_result() -> None:
    found = acceptance(
        [
            decision(1, repaired={Defect.NOISY: 1.0, Defect.BLUR: 0.5}, kept=True),
            decision(2, repaired={Defect.NOISY: 1.0}, kept=False),
            decision(3, repaired={}, kept=True),
        ]
    )
    assert found.all is not None
    assert (found.all.decisions, found.all.kept) == (3, 2)
    assert list(found.defects) == [Defect.BLUR, Defect.NOISY]
    noisy = found.defects[Defect.NOISY]
    assert (noisy.decisions, noisy.kept, noisy.rate) == (2, 1, 0.5)


def test_the_interval_is_wilsons() -> None:
    found = acceptance([decision(i, kept=i < 8) for i in range(10)]).all
    assert found is not None
    # A. Agresti and B. A. Coull, The American Statistician 52, 1998: the score interval of 8 in 10.
    assert found.low == pytest.approx(0.4902, abs=1e-4)
    assert found.high == pytest.approx(0.9433, abs=1e-4)


def test_weeks_are_those_of_iso() -> None:
    made = [
        decision(1, decided_at=datetime(2026, 12, 31, tzinfo=UTC)),
        decision(2, decided_at=datetime(2027, 1, 3, 23, tzinfo=UTC), kept=False),
        decision(3, decided_at=datetime(2027, 1, 4, tzinfo=UTC)),
    ]
    weeks = {week: (report.all and report.all.rate) for week, report in acceptance_by_week(made).items()}
    assert weeks == {"2026-W53": 0.5, "2027-W01": 1.0}


def test_nothing_decided_has_no_rate() -> None:
    assert acceptance([]).all is None
