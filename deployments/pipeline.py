"""The way of a photo through the cluster: which deployment is called next, and what happens when one fails."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import grpc
import ray
from ray.exceptions import RayActorError
from ray.serve.exceptions import BackPressureError, DeploymentUnavailableError
from ray.serve.handle import DeploymentHandle

from configs.settings import AppArgs
from deployments.messages import Inspection, Output, Result, Upload
from deployments.refused import RefusedPhotos
from enhancers.adjust import Adjustments
from enhancers.plan import Step
from imaging.defects import Defect
from imaging.errors import BelvedereError, OverloadedError, PoisonedPhotoError, UnavailableError

INLINE_BYTES = 4_000_000
"""Largest upload sent by value. Copies into and out of gRPC messages grow with the photo, the round trips to the object
store do not. A dark photo of 12 MP (1.3 MB) took about 6 % less CPU by value; where between there and gRPC's own limit
of 4 MiB the two break even was not measured."""

REFUSED = (
    "this photo stopped two workers in a row and is refused for a while; save it anew in another program and retry"
)

T = TypeVar("T")


class _BothWays:
    """A handle to one deployment by value and by reference, made once: a handle made anew routes anew."""

    def __init__(self, handle: DeploymentHandle[Any]) -> None:
        # Messages hold data of this program only: pickle's C code will do, and spares cloudpickle's Python code.
        by_value = handle.options(_by_reference=False, request_serialization="pickle", response_serialization="pickle")
        self._handles = (by_value, handle.options(_by_reference=True))

    def __getitem__(self, by_reference: bool) -> DeploymentHandle[Any]:
        return self._handles[by_reference]


class Pipeline:
    """Carries photos from deployment to deployment. Holds bytes and references, never pixels."""

    def __init__(
        self,
        detector: DeploymentHandle[Any],
        enhancers: Mapping[Defect, DeploymentHandle[Any]],
        adjuster: DeploymentHandle[Any],
        args: AppArgs,
    ) -> None:
        self._detector = _BothWays(detector)
        self._enhancers = {defect: _BothWays(enhancer) for defect, enhancer in enhancers.items()}
        self._adjuster = _BothWays(adjuster)
        self._timeout_s = args.request_timeout_s
        self._refused = RefusedPhotos(args.refuse_for_s)

    async def inspect(self, upload: Upload) -> Inspection:
        """Return the detector's report on a photo."""

        async def attempt(source: Any, by_reference: bool) -> Inspection:
            return await self._detector[by_reference].inspect.remote(source)

        return await self._survive(upload, attempt)

    async def repair(self, upload: Upload, steps: Sequence[Step], output: Output, verify: bool) -> Result:
        """Run a plan of at least one step; each enhancer hands its pixels to the next by reference."""

        async def attempt(source: Any, by_reference: bool) -> Result:
            by_reference = by_reference or len(steps) > 1
            for step in steps:
                source = self._enhancers[step.defect][by_reference].repair.remote(
                    source, step, output, step is steps[-1], verify
                )
            return await source

        return await self._survive(upload, attempt)

    async def adjust(self, upload: Upload, adjustments: Adjustments, output: Output) -> Result:
        """Apply manual adjustments."""

        async def attempt(source: Any, by_reference: bool) -> Result:
            return await self._adjuster[by_reference].adjust.remote(source, adjustments, output)

        return await self._survive(upload, attempt)

    async def _survive(self, upload: Upload, attempt: Callable[[Any, bool], Awaitable[T]]) -> T:
        """Await `attempt(source, by_reference)`; once more if a replica dies under it.

        Every stage is idempotent, so a photo whose replica died may start over. One that takes a second replica down
        is itself the likely cause and is kept away from the rest.

        Raises:
            BelvedereError: What the stage raised, or why it could not be run.
        """
        if upload in self._refused:
            raise PoisonedPhotoError(REFUSED)
        by_reference = upload.size > INLINE_BYTES
        source = ray.put(upload) if by_reference else upload
        try:
            async with asyncio.timeout(self._timeout_s):
                try:
                    return await attempt(source, by_reference)
                except RayActorError:
                    return await attempt(source, by_reference)
                except grpc.aio.AioRpcError as error:
                    # A small upload may have a large result, and gRPC's own limit holds where no environment raised it.
                    # A death that cuts the connection early is not yet turned into Serve's own error.
                    if error.code() is grpc.StatusCode.UNAVAILABLE:
                        return await attempt(source, by_reference)
                    if by_reference or error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
                        raise
                    return await attempt(source, True)
        except RayActorError as error:
            self._refused.add(upload)
            raise PoisonedPhotoError(REFUSED) from error
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.UNAVAILABLE:
                raise
            self._refused.add(upload)
            raise PoisonedPhotoError(REFUSED) from error
        except BackPressureError as error:
            raise OverloadedError(
                "more photos are waiting than the service accepts; send this one again soon"
            ) from error
        except (DeploymentUnavailableError, TimeoutError) as error:
            raise UnavailableError("the service could not get to this photo in time; send it again soon") from error
        except BelvedereError as error:
            # Ray wraps what a replica raised and puts the replica's traceback into the message; the cause is clean.
            raise getattr(error, "cause", error) from None
