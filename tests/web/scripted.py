"""A service behind the real routes and the real pages that does what a test tells it, without a cluster."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import uvicorn

from configs.settings import AppArgs
from deployments.messages import Inspection, Output, Result, Stages, Upload
from deployments.routes import create_api
from enhancers.adjust import Adjustments
from enhancers.estimates import Described
from enhancers.plan import Step
from imaging.codec import read_header
from imaging.defects import Defect, Finding, Report, Sensitivity
from imaging.formats import ImageFormat
from imaging.limits import Limits
from study.decisions import Decision
from tests.deployments.service import free_port

ESTIMATES: Described = {
    defect: {"exposure_ev": 1.84, "lift_ev": 0.5} if defect is Defect.LOW_LIGHT else {} for defect in Defect
}


class ScriptedService:
    """Finds `found` in every photo and gives the upload back as its repair.

    Attributes:
        errors: Raised by the next requests, one each.
        takes_s: How long each request takes.
        most_at_once: How many requests were in the works at one time, at most.
        adjusted: The manual settings that were asked for, in order.
        decisions: What was decided, in order.
        store_fails: Whether decisions are refused.
    """

    def __init__(self) -> None:
        self.found: Sequence[Defect] = [Defect.LOW_LIGHT]
        self.errors: list[Exception] = []
        self.takes_s = 0.0
        self.most_at_once = 0
        self.adjusted: list[Adjustments] = []
        self.decisions: list[Decision] = []
        self.store_fails = False
        self._at_once = 0

    async def inspect(self, upload: Upload, sensitivity: Sensitivity, estimates: bool = False) -> Inspection:
        await self._work()
        header = read_header(upload, Limits())
        findings = tuple(Finding(defect, 0.9 if defect in self.found else 0.1, 0.5) for defect in Defect)
        return Inspection(
            Report(header.width, header.height, "jpeg", 0.0, findings), Stages(), ESTIMATES if estimates else {}
        )

    async def repair(self, upload: Upload, steps: Sequence[Step], output: Output, verify: bool) -> Result:
        await self._work()
        return Result(upload, ImageFormat.JPEG, tuple(step.defect for step in steps), Stages())

    async def adjust(self, upload: Upload, steps: Sequence[Step], adjustments: Adjustments, output: Output) -> Result:
        await self._work()
        self.adjusted.append(adjustments)
        return Result(upload, ImageFormat.JPEG, (), Stages())

    async def decide(self, decision: Decision) -> bool:
        if self.store_fails:
            raise RuntimeError("the store is away")
        self.decisions.append(decision)
        return False

    async def _work(self) -> None:
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            await asyncio.sleep(self.takes_s)
            if self.errors:
                raise self.errors.pop(0)
        finally:
            self._at_once -= 1


@contextmanager
def running(behind: Any) -> Iterator[str]:
    """Serve what is behind the routes, for photos and for people, on a free port of the loopback; yields the URL.

    `behind` needs only the methods that the page under test calls.
    """
    api = create_api(behind, AppArgs(retry_after_s=1), behind)
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(api, host="127.0.0.1", port=port, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
