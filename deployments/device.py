"""What a replica runs on: its threads and its share of a GPU."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, TypeVarTuple

import cv2
import ray

Returned = TypeVar("Returned")
Arguments = TypeVarTuple("Arguments")

PHOTOS_AT_A_TIME = 2
"""Photos a replica works on at once. Decoders, OpenCV and torch release the interpreter lock, so two keep two cores
busy; more would only hold more pixels in memory."""


class WorkThreads:
    """The threads that have pixels in memory; photos beyond their number wait as files.

    Serve would run a plain method on a thread of its own, started for that one request and thrown away with all that
    OpenCV, libjpeg and the allocator keep for a thread.

    Args:
        count: How many photos are worked on at a time.
    """

    def __init__(self, count: int = PHOTOS_AT_A_TIME) -> None:
        self._pool = ThreadPoolExecutor(count)

    async def run(self, work: Callable[[*Arguments], Returned], *arguments: *Arguments) -> Returned:
        """Return `work(*arguments)`, done on one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)


def prepare_replica(on_torch: bool = False) -> str:
    """Pin the threads of this process and return the torch device it may use ("cpu" or "cuda").

    Photos are worked on in parallel, one thread each: the pools of OpenCV and torch would only contend with each other.

    Args:
        on_torch: Whether the replica computes on torch. One that does not shall not pay for a GPU context.
    """
    cv2.setNumThreads(1)
    if not on_torch:
        return "cpu"
    import torch

    torch.set_num_threads(1)
    if not ray.is_initialized():
        return "cpu"
    context = ray.get_runtime_context()
    if not context.get_accelerator_ids().get("GPU") or not torch.cuda.is_available():
        return "cpu"
    # Fractions of a GPU are Ray's bookkeeping only: this is what keeps a replica within its own.
    share = context.get_assigned_resources().get("GPU", 1)
    torch.cuda.set_per_process_memory_fraction(min(1.0, share))
    return "cuda"
