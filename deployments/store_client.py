"""How the ingress calls the store. Apart from the store itself, whose imports the ingress shall not pay for."""

from collections.abc import Awaitable
from datetime import date
from typing import Any

from ray.serve.handle import DeploymentHandle

from deployments.calls import ReplicaDiedError, by_value, survive
from imaging.errors import UnavailableError
from study.decisions import Decision
from study.results import AskedPair, Chosen, Progress, Side, StudyEntry


class StoreClient:
    """Calls the store's deployment. Every call may be made twice: a second one finds what the first one did."""

    def __init__(self, store: DeploymentHandle[Any], timeout_s: float) -> None:
        self._store = by_value(store)
        self._timeout_s = timeout_s

    async def decide(self, decision: Decision) -> bool:
        """See `Store.decide`; as the others here."""
        return await self._call("decide", decision)

    async def acceptance(self, since: date | None) -> dict[str, Any]:
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

    async def report(self, study: str) -> dict[str, Any]:
        return await self._call("report", study)

    async def _call(self, method: str, *arguments: object) -> Any:
        def attempt() -> Awaitable[Any]:
            return getattr(self._store, method).remote(*arguments)

        try:
            return await survive(attempt, self._timeout_s)
        except ReplicaDiedError as error:
            raise UnavailableError("the store of decisions and studies is not there; try again soon") from error
