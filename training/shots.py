"""Photos of measured radiance, with the fusion of their brackets: what an editor would make of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.image import Image
from training.exposure import BRACKET_EV, expose, fuse, load_radiance, meter, perspective
from training.frames import SIDE_PX
from training.split import Part, part

VIEWS_OF_A_SCENE = 25
"""Views that are fused for each radiance map; a fusion takes as long as ten samples."""


class Shots:
    """Views of radiance maps at most 512 px wide.

    Args:
        root: Folder of photos, with the radiance maps (`*.hdr`) in `hdr`.
        parts: Of the split.
    """

    def __init__(self, root: Path, parts: Sequence[Part]) -> None:
        maps = [path for path in sorted((root / "hdr").glob("*.hdr")) if part(path) in parts]
        self._scenes = [np.maximum(load_radiance(path), 0) for path in maps]
        self._views: list[tuple[NDArray[np.float32], Image]] = []

    def __bool__(self) -> bool:
        return bool(self._scenes)

    def draw(self, rng: np.random.Generator, least_ev: float, most_ev: float) -> tuple[Image, Image]:
        """Return a shot exposed between these, against the metered exposure, and the fusion of its bracket."""
        if len(self._views) < VIEWS_OF_A_SCENE * len(self._scenes):
            scene = self._scenes[int(rng.integers(len(self._scenes)))]
            view = perspective(scene, float(rng.uniform(0, 360)), float(rng.uniform(45, 100)))
            scale = min(1.0, SIDE_PX / max(view.shape))
            view = meter(cv2.resize(view, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
            self._views.append((view, fuse([expose(view, ev, rng) for ev in BRACKET_EV])))
        view, fused = self._views[int(rng.integers(len(self._views)))]
        image = expose(view, float(rng.uniform(least_ev, most_ev)), rng, float(rng.uniform(0.65, 0.95)))
        if rng.random() < 0.5:
            return np.ascontiguousarray(image[:, ::-1]), np.ascontiguousarray(fused[:, ::-1])
        return image, fused
