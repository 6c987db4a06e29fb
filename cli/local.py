"""Repairs photos in this process, without a service and without Ray."""

from __future__ import annotations

import os
import threading

import cv2

from cli.engine import Answer, EngineError, Options
from cli.originals import encode_options, repaired_format
from detector import detect, severity_of
from enhancers import build_enhancer
from enhancers.base import AnyEnhancer
from enhancers.plan import Step, Strategy, plan, plan_for
from enhancers.repair import repair
from imaging.codec import decode, decode_view, encode
from imaging.defects import Defect, Sensitivity
from imaging.errors import BelvedereError
from imaging.formats import ImageFormat
from imaging.limits import Limits


class LocalEngine:
    """An engine of this process: detects, plans, repairs and checks the result as the service does."""

    def __init__(self, options: Options, jobs: int | None = None) -> None:
        """Make an engine; enhancers are built when the first photo needs them.

        Args:
            options: What the user asks for.
            jobs: Photos at once, among which the processor's cores are shared out; None for one a core.
        """
        cores = os.cpu_count() or 1
        self.default_jobs = cores
        threads = max(1, cores // (jobs or cores))
        cv2.setNumThreads(threads)
        os.environ.setdefault("OMP_NUM_THREADS", str(threads))  # torch's, if an enhancer imports it
        self._options = options
        self._limits = Limits()
        self._enhancers: dict[Defect, AnyEnhancer] = {}
        self._building = threading.Lock()

    def enhance(self, data: bytes, format_: ImageFormat) -> Answer:
        try:
            return self._enhance(data, format_)
        except BelvedereError as error:
            raise EngineError(str(error)) from error

    def _enhance(self, data: bytes, format_: ImageFormat) -> Answer:
        found, steps = self._plan(data)
        names = tuple(defect.value for defect in found)
        if not steps:
            return Answer(names)
        photo = decode(data, self._limits, self._options.max_side)
        on_request = bool(self._options.defects)
        photo, fixed = repair(photo, steps, self._enhancer, None if on_request else severity_of)
        if not fixed:
            return Answer(names)
        result = encode(photo, encode_options(self._options))
        return Answer(names, tuple(defect.value for defect in fixed), result, repaired_format(format_, self._options))

    def _plan(self, data: bytes) -> tuple[tuple[Defect, ...], tuple[Step, ...]]:
        """Return the defects that were found and the steps to take; what a person names is not looked for."""
        strength = 1.0 if self._options.strength is None else self._options.strength
        if self._options.defects:
            return (), plan_for(self._options.defects, strength)
        header, view = decode_view(data, self._limits)
        sensitivity = Sensitivity(self._options.sensitivity or Sensitivity.NORMAL)
        report = detect(
            width=header.width, height=header.height, format=header.format, view=view, sensitivity=sensitivity
        )
        strategy = Strategy.ALL if self._options.strategy is None else Strategy(self._options.strategy)
        return report.found, plan(report, strategy, strength)

    def _enhancer(self, defect: Defect) -> AnyEnhancer:
        with self._building:
            if defect not in self._enhancers:
                self._enhancers[defect] = build_enhancer(defect)
            return self._enhancers[defect]
