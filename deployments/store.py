"""The deployment that keeps decisions and studies."""

from contextlib import suppress
from dataclasses import asdict
from datetime import date
from typing import Any

from imaging.errors import UnavailableError
from study.acceptance import acceptance, acceptance_by_week
from study.export import decisions_csv
from study.report import report
from study.store import Store


class StoreServer(Store):
    """The store in a replica of its own: its statements wait for the disk in threads, not on the ingress's loop.

    Photos do not wait for the database: a replica starts without it, and each request tries it again.
    """

    def __init__(self, database: str) -> None:
        super().__init__(database)
        with suppress(UnavailableError):
            self.open()

    def acceptance(self, since: date | None) -> dict[str, Any]:
        """Return the acceptance rates since a day, over all and by week, ready for JSON."""
        decisions = self.decisions(since)
        weeks = [{"week": week, **asdict(rates)} for week, rates in acceptance_by_week(decisions).items()]
        return {"since": since and since.isoformat(), **asdict(acceptance(decisions)), "weeks": weeks}

    def decisions_csv(self, since: date | None) -> str:
        """Return the decisions since a day as CSV."""
        return decisions_csv(self.decisions(since))

    def report(self, study: str) -> dict[str, Any]:
        """Return the report of a study, but for its ranking by photo, ready for JSON.

        Raises:
            NotFoundError: There is no such study.
        """
        return asdict(report(self.study(study), by_photo=False))
