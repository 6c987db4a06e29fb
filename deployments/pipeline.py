"""The way of a photo through the cluster: which deployment is called next, and what happens when one fails."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import grpc
import ray
from ray.serve.handle import DeploymentHandle

from configs.settings import AppArgs
from deployments.calls import ReplicaDiedError, by_value, survive
from deployments.messages import Inspection, Output, Result, Upload
from deployments.refused import RefusedPhotos
from enhancers.adjust import Adjustments
from enhancers.plan import Step
from imaging.defects import Defect, Sensitivity
from imaging.errors import PoisonedPhotoError

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
        self._handles = (by_value(handle), handle.options(_by_reference=True))

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

    async def inspect(self, upload: Upload, sensitivity: Sensitivity, estimates: bool = False) -> Inspection:
        """Return the detector's report on a photo, with estimates of every defect's parameters if asked."""

        async def attempt(source: Any, by_reference: bool) -> Inspection:
            return await self._detector[by_reference].inspect.remote(source, sensitivity, estimates)

        return await self._survive(upload, attempt)

    async def repair(self, upload: Upload, steps: Sequence[Step], output: Output, verify: bool) -> Result:
        """Run a plan of at least one step; each enhancer hands its pixels to the next by reference."""

        async def attempt(source: Any, by_reference: bool) -> Result:
            by_reference = by_reference or len(steps) > 1
            return await self._chain(source, steps, output, verify, by_reference, encode=True)

        return await self._survive(upload, attempt)

    async def adjust(self, upload: Upload, steps: Sequence[Step], adjustments: Adjustments, output: Output) -> Result:
        """Run a plan, which may be empty, and apply manual adjustments to what comes out."""

        async def attempt(source: Any, by_reference: bool) -> Result:
            by_reference = by_reference or len(steps) > 0
            source = self._chain(source, steps, output, False, by_reference, encode=False)
            return await self._adjuster[by_reference].adjust.remote(source, adjustments, output)

        return await self._survive(upload, attempt)

    def _chain(
        self, source: Any, steps: Sequence[Step], output: Output, verify: bool, by_reference: bool, encode: bool
    ) -> Any:
        """Call the steps' enhancers, each with what the one before will return; the last may encode."""
        for step in steps:
            source = self._enhancers[step.defect][by_reference].repair.remote(
                source, step, output, encode and step is steps[-1], verify
            )
        return source

    async def _survive(self, upload: Upload, attempt: Callable[[Any, bool], Awaitable[T]]) -> T:
        """Await `attempt(source, by_reference)`; once more if a replica dies under it.

        A photo that takes a second replica down is itself the likely cause and is kept away from the rest.

        Raises:
            BelvedereError: What the stage raised, or why it could not be run.
        """
        if upload in self._refused:
            raise PoisonedPhotoError(REFUSED)
        by_reference = upload.size > INLINE_BYTES
        source = ray.put(upload) if by_reference else upload

        async def way() -> T:
            try:
                return await attempt(source, by_reference)
            except grpc.aio.AioRpcError as error:
                # A small upload may have a large result, and gRPC's own limit holds where no environment raised it.
                if by_reference or error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
                    raise
                return await attempt(source, True)

        try:
            return await survive(way, self._timeout_s)
        except ReplicaDiedError as error:
            self._refused.add(upload)
            raise PoisonedPhotoError(REFUSED) from error
