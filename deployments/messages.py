"""What travels between the deployments. All of it pickles; pixels and files are arrays, which Ray shares zero-copy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from enhancers.estimates import Described
from imaging.codec import EncodeOptions, Photo
from imaging.defects import Defect, Report
from imaging.formats import ImageFormat

Upload = NDArray[np.uint8]
"""The bytes of an encoded photo, shape (N,)."""


@dataclass(frozen=True, slots=True)
class Output:
    """How the result of a request is written.

    Attributes:
        encode: Format, quality and metadata.
        max_side: Longest side in pixels the photo is reduced to; None keeps its size.
    """

    encode: EncodeOptions
    max_side: int | None = None


@dataclass(slots=True)
class Stages:
    """Wall time of the stages a photo went through, milliseconds, in order; becomes `Server-Timing`."""

    spent: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        """Time the body as one more stage."""
        start = perf_counter()
        try:
            yield
        finally:
            self.spent.append((name, (perf_counter() - start) * 1e3))


@dataclass(frozen=True, slots=True)
class Inspection:
    """The detector's answer.

    Attributes:
        report: What was found.
        stages: Time by stage.
        estimates: The parameters of each defect; empty unless they were asked for.
    """

    report: Report
    stages: Stages
    estimates: Described = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InTransit:
    """A decoded photo on its way from one enhancer to the next."""

    photo: Photo
    fixed: tuple[Defect, ...]
    stages: Stages


@dataclass(frozen=True, slots=True)
class Result:
    """The end of the way.

    Attributes:
        data: The encoded photo, shape (N,); None when no repair was kept.
        format: Format of `data`.
        fixed: The defects whose repair was kept, in the order they were repaired.
        stages: Time by stage.
    """

    data: Upload | None
    format: ImageFormat
    fixed: tuple[Defect, ...]
    stages: Stages
