"""Calls of the store when its replica dies, with a handle that fails on demand."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from ray.exceptions import ActorDiedError
from ray.serve.exceptions import BackPressureError

from deployments.store_client import StoreClient
from imaging.errors import BelvedereError, NotFoundError, OverloadedError, UnavailableError
from study.results import StudyEntry


def client(*outcomes: Any) -> StoreClient:
    """A client of a store whose calls end as told, one after the other."""
    left = list(outcomes)

    async def studies() -> Any:
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    handle: Any = SimpleNamespace(options=lambda **_: SimpleNamespace(studies=SimpleNamespace(remote=studies)))
    return StoreClient(handle, timeout_s=5)


def test_a_death_is_never_seen() -> None:
    entries = [StudyEntry("kitchens", "Kitchens", 1, 1)]
    assert asyncio.run(client(ActorDiedError(), entries).studies()) == entries


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ((ActorDiedError(), ActorDiedError()), UnavailableError),
        ((BackPressureError(num_queued_requests=1, max_queued_requests=1),), OverloadedError),
        ((NotFoundError("there is no such study"),), NotFoundError),
    ],
)
def test_failures_have_a_plain_reason(outcomes: tuple[Exception, ...], expected: type[BelvedereError]) -> None:
    with pytest.raises(expected):
        asyncio.run(client(*outcomes).studies())
