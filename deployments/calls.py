"""Calls of deployments: made again when a replica dies under them, and their failures in plain words."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import grpc
from ray.exceptions import RayActorError
from ray.serve.exceptions import BackPressureError, DeploymentUnavailableError
from ray.serve.handle import DeploymentHandle

from imaging.errors import BelvedereError, OverloadedError, UnavailableError

T = TypeVar("T")


class ReplicaDiedError(Exception):
    """A replica died under a call, twice if `survive` raises it."""


def by_value(handle: DeploymentHandle[Any]) -> DeploymentHandle[Any]:
    """Return a handle that sends arguments and results by value.

    Messages hold data of this program only: pickle's C code will do, and spares cloudpickle's Python code.
    """
    return handle.options(_by_reference=False, request_serialization="pickle", response_serialization="pickle")


async def survive(attempt: Callable[[], Awaitable[T]], timeout_s: float) -> T:
    """Await `attempt()`; once more if a replica dies under it. What it calls must bear being called twice.

    Raises:
        ReplicaDiedError: A replica died under both attempts.
        BelvedereError: What the replica raised, or why it could not be reached.
    """
    try:
        async with asyncio.timeout(timeout_s):
            try:
                return await _noticing_death(attempt)
            except ReplicaDiedError:
                return await _noticing_death(attempt)
    except BackPressureError as error:
        raise OverloadedError("more is waiting than the service accepts; send this again soon") from error
    except (DeploymentUnavailableError, TimeoutError) as error:
        raise UnavailableError("the service could not get to this in time; send it again soon") from error
    except BelvedereError as error:
        # Ray wraps what a replica raised and puts the replica's traceback into the message; the cause is clean.
        raise getattr(error, "cause", error) from None


async def _noticing_death(attempt: Callable[[], Awaitable[T]]) -> T:
    try:
        return await attempt()
    except RayActorError as error:
        raise ReplicaDiedError from error
    except grpc.aio.AioRpcError as error:
        # A death that cuts the connection early is not yet turned into Serve's own error.
        if error.code() is not grpc.StatusCode.UNAVAILABLE:
            raise
        raise ReplicaDiedError from error
