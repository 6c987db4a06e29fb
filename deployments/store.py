"""The deployment that keeps decisions and studies, and how the ingress calls it."""

from collections.abc import Awaitable
from contextlib import suppress
from datetime import date
from typing import Any, TypeVar

from ray.serve.handle import DeploymentHandle

from deployments.calls import ReplicaDiedError, by_value, survive
from imaging.errors import UnavailableError
from study.decisions import AcceptanceReport, Decision, acceptance, acceptance_by_week, to_csv
from study.results import AskedPair, Chosen, Progress, Side, StudyEntry
from study.store import Store

T = TypeVar("T")


class StoreServer(Store):
    """The store in a replica of its own: its statements wait for the disk in threads, not on the ingress's loop.

    Photos do not wait for the database: a replica starts without it, and each request tries it again.
    """

    def __init__(self, database: str) -> None:
        super().__init__(database)
        with suppress(UnavailableError):
            self.open()

    def acceptance(self, since: date | None) -> tuple[AcceptanceReport, dict[str, AcceptanceReport]]:
        """Return the acceptance rates since a day, over all and by week."""
        decisions = self.decisions(since)
        return acceptance(decisions), acceptance_by_week(decisions)

    def decisions_csv(self, since: date | None) -> str:
        """Return the decisions since a day as CSV."""
        return to_csv(self.decisions(since))


class StoreClient:
    """Calls the store's deployment. Every call may be made twice: a second one finds what the first one did."""

    def __init__(self, store: DeploymentHandle[Any], timeout_s: float) -> None:
        self._store = by_value(store)
        self._timeout_s = timeout_s

    async def decide(self, decision: Decision) -> bool:
        """See `Store.decide`; as the others here."""
        return await self._call("decide", decision)

    async def acceptance(self, since: date | None) -> tuple[AcceptanceReport, dict[str, AcceptanceReport]]:
        return await self._call("acceptance", since)

    async def decisions_csv(self, since: date | None) -> str:
        return await self._call("decisions_csv", since)

    async def studies(self) -> list[StudyEntry]:
        return await self._call("studies")

    async def join(self, study: str) -> tuple[str, Progress]:
        return await self._call("join", study)

    async def ask(self, study: str, participant: str, count: int) -> tuple[list[AskedPair], Progress]:
        return await self._call("ask", study, participant, count)

    async def choose(self, study: str, participant: str, pair: str, side: Side, response_ms: int) -> Chosen:
        return await self._call("choose", study, participant, pair, side, response_ms)

    async def image(self, study: str, image: str) -> bytes:
        return await self._call("image", study, image)

    async def _call(self, method: str, *arguments: object) -> Any:
        def attempt() -> Awaitable[Any]:
            return getattr(self._store, method).remote(*arguments)

        try:
            return await survive(attempt, self._timeout_s)
        except ReplicaDiedError as error:
            raise UnavailableError("the store of decisions and studies is not there; try again soon") from error
