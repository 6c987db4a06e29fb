"""The way of a photo when deployments fail, with handles that fail on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import grpc
import numpy as np
import pytest
from ray.exceptions import ActorDiedError, ActorUnavailableError
from ray.serve.exceptions import BackPressureError

from configs.settings import AppArgs
from deployments.messages import Output
from deployments.pipeline import INLINE_BYTES, Pipeline
from enhancers.plan import Step
from imaging.codec import EncodeOptions
from imaging.defects import Defect, Sensitivity
from imaging.errors import BelvedereError, NotAPhotoError, OverloadedError, PoisonedPhotoError, UnavailableError

PHOTO = np.arange(100, dtype=np.uint8)
OUTPUT = Output(EncodeOptions())
STEPS = [Step(Defect.NOISY, 1.0), Step(Defect.LOW_LIGHT, 1.0)]


class Handle:
    """Stands in for a `DeploymentHandle`; each call takes the next outcome, an exception to raise or a value."""

    def __init__(self, *outcomes: Any) -> None:
        self.outcomes = list(outcomes)
        self.calls: list[tuple[Any, ...]] = []

    def options(self, *, _by_reference: bool, **serialization: str) -> Any:
        def remote(*arguments: Any) -> Answer:
            self.calls.append(("by reference" if _by_reference else "by value", *arguments))
            return Answer(self.outcomes.pop(0))

        method = SimpleNamespace(remote=remote)
        return SimpleNamespace(inspect=method, repair=method, adjust=method)


@dataclass
class Answer:
    """Stands in for a `DeploymentResponse`."""

    outcome: Any

    def __await__(self) -> Generator[Any, None, Any]:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        if callable(self.outcome):
            yield from self.outcome().__await__()
        return self.outcome


def pipeline(handle: Handle, **args: Any) -> Pipeline:
    unused: Any = Handle()
    any_handle: Any = handle
    return Pipeline(any_handle, {step.defect: any_handle for step in STEPS}, unused, AppArgs(**args))


def inspect(handle: Handle, **args: Any) -> Any:
    return asyncio.run(pipeline(handle, **args).inspect(PHOTO, Sensitivity.NORMAL))


CUT_OFF = grpc.aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata())


@pytest.mark.parametrize("death", [ActorDiedError(), ActorUnavailableError("gone", b"0" * 16), CUT_OFF])
def test_a_death_is_retried_and_never_seen(death: Exception) -> None:
    assert inspect(Handle(death, "report")) == "report"


def test_a_photo_that_kills_twice_is_refused_from_then_on() -> None:
    handle = Handle(CUT_OFF, CUT_OFF, "report of another photo")

    async def scenario() -> Any:
        way = pipeline(handle)
        for _ in range(3):
            with pytest.raises(PoisonedPhotoError):
                await way.inspect(PHOTO, Sensitivity.NORMAL)
        return await way.inspect(PHOTO[::-1].copy(), Sensitivity.NORMAL)

    assert asyncio.run(scenario()) == "report of another photo"
    assert len(handle.calls) == 3


async def never() -> None:
    await asyncio.sleep(60)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (NotAPhotoError("a poem"), NotAPhotoError),
        (BackPressureError(num_queued_requests=1, max_queued_requests=1), OverloadedError),
        (never, UnavailableError),
    ],
)
def test_failures_have_a_plain_reason(outcome: Any, expected: type[BelvedereError]) -> None:
    handle = Handle(outcome)
    with pytest.raises(expected):
        inspect(handle, request_timeout_s=0.05)
    assert len(handle.calls) == 1


def test_a_result_too_large_for_a_message_goes_by_reference() -> None:
    too_large = grpc.aio.AioRpcError(grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.aio.Metadata(), grpc.aio.Metadata())
    handle = Handle(too_large, "result")
    result: Any = asyncio.run(pipeline(handle).repair(PHOTO, STEPS[:1], OUTPUT, verify=True))
    assert result == "result"
    assert [call[0] for call in handle.calls] == ["by value", "by reference"]


def test_the_cause_comes_out_of_rays_wrapping() -> None:
    class WrappedError(NotAPhotoError):
        cause = NotAPhotoError("a poem")

    with pytest.raises(NotAPhotoError) as caught:
        inspect(Handle(WrappedError("Traceback of the replica")))
    assert str(caught.value) == "a poem"


def test_pixels_between_enhancers_go_by_reference() -> None:
    handle = Handle("pixels", "result")
    result: Any = asyncio.run(pipeline(handle).repair(PHOTO, STEPS, OUTPUT, verify=True))
    assert result == "result"
    # The first step's answer is handed on unawaited, so that the pixels never come to the ingress.
    assert handle.calls == [
        ("by reference", PHOTO, STEPS[0], OUTPUT, False, True),
        ("by reference", Answer("pixels"), STEPS[1], OUTPUT, True, True),
    ]


def test_a_small_photo_with_one_step_goes_by_value() -> None:
    handle = Handle("result")
    asyncio.run(pipeline(handle).repair(PHOTO, STEPS[:1], OUTPUT, verify=False))
    assert handle.calls == [("by value", PHOTO, STEPS[0], OUTPUT, True, False)]
    assert PHOTO.size < INLINE_BYTES
