"""Studies behind the real routes and pages, on the real store, without a cluster; parts of it fail when a test says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import simplejpeg

from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.errors import UnavailableError
from study.results import Choice, PhotoVersions, Side
from study.store import Store
from tests.photos import room

EXPOSURES = {"variant-dim": 0.4, "variant-plain": 1.0, "variant-glowing": 1.6}
"""Names that appear nowhere else, so that a page which lets one through is found out."""


class Studies:
    """The store as the routes call it.

    Attributes:
        store: The real one.
        fails: The names of its methods that answer with an error.
        image_takes_s: How long an image takes.
    """

    def __init__(self, database: Path) -> None:
        self.store = Store(str(database))
        self.fails: set[str] = set()
        self.image_takes_s = 0.0

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def call(*args: Any) -> Any:
            if name in self.fails:
                raise UnavailableError("the database is away")
            if name == "image":
                await asyncio.sleep(self.image_takes_s)
            return await asyncio.to_thread(getattr(self.store, name), *args)

        return call

    def create(self, name: str, title: str, photos: int, variants: int = 2) -> None:
        """Make a study of rendered rooms at two or three exposures."""
        exposures = dict(list(EXPOSURES.items())[:variants])
        versions = [
            PhotoVersions(f"room-{seed}.jpg", (), {name: _exposed(seed, gain) for name, gain in exposures.items()})
            for seed in range(photos)
        ]
        self.store.create_study(name, title, tuple(exposures), versions)

    def choices(self, study: str) -> tuple[Choice, ...]:
        return self.store.study(study).choices

    def sides(self, study: str) -> list[Side]:
        """Return what was picked, in the order of the picks."""
        return [_side(choice) for choice in self.choices(study)]


def _side(choice: Choice) -> Side:
    if choice.answer == "same":
        return "same"
    return "left" if (choice.answer == "first") == choice.first_on_left else "right"


@cache
def _exposed(seed: int, gain: float) -> bytes:
    linear = np.clip(srgb_to_linear(room(seed)) * gain, 0, 1)
    return bytes(simplejpeg.encode_jpeg(linear_to_srgb(linear), quality=90))
