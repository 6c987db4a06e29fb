"""Photos of measured radiance, with the fusion of their brackets: what an editor would make of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.image import Image
from training.degradations.camera import sensor_noise
from training.degradations.curves import random_curve
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
        self._brackets: list[tuple[Image, Image, Image]] = []

    def __bool__(self) -> bool:
        return bool(self._scenes)

    def draw(self, rng: np.random.Generator, least_ev: float, most_ev: float) -> tuple[Image, Image]:
        """Return a shot exposed between these, against the metered exposure, and the fusion of its bracket."""
        if len(self._views) < VIEWS_OF_A_SCENE * len(self._scenes):
            view = self._view(rng)
            self._views.append((view, fuse([expose(view, ev, rng) for ev in BRACKET_EV])))
        view, fused = self._views[int(rng.integers(len(self._views)))]
        image = expose(view, float(rng.uniform(least_ev, most_ev)), rng, float(rng.uniform(0.65, 0.95)))
        if rng.random() < 0.5:
            return np.ascontiguousarray(image[:, ::-1]), np.ascontiguousarray(fused[:, ::-1])
        return image, fused

    def bracket(self, rng: np.random.Generator) -> tuple[Image, Image, Image]:
        """Return the darkest and the brightest of two or three exposures through a random tone curve, and their fusion.

        The darkest is 1 to 4 EV under the metered exposure, the brightest 2 to 5.5 EV over the darkest, as people set
        their brackets.
        """
        if len(self._brackets) < VIEWS_OF_A_SCENE * len(self._scenes):
            view, curve = self._view(rng), random_curve(rng)
            dark_ev, span_ev = float(rng.uniform(-4, -1)), float(rng.uniform(2, 5.5))
            evs = (dark_ev, dark_ev + span_ev / 2, dark_ev + span_ev)
            shots = [curve.develop(sensor_noise(view * np.float32(2.0**ev), 2e-4, 1e-3, rng)) for ev in evs]
            fused = fuse(shots if rng.random() < 0.3 else [shots[0], shots[-1]])
            self._brackets.append((shots[0], shots[-1], fused))
        chosen = self._brackets[int(rng.integers(len(self._brackets)))]
        if rng.random() < 0.5:
            return chosen
        dark, bright, fused = (np.ascontiguousarray(each[:, ::-1]) for each in chosen)
        return dark, bright, fused

    def _view(self, rng: np.random.Generator) -> NDArray[np.float32]:
        """Draw a metered view of a scene, float32 (H, W, 3)."""
        scene = self._scenes[int(rng.integers(len(self._scenes)))]
        view = perspective(scene, float(rng.uniform(0, 360)), float(rng.uniform(45, 100)))
        scale = min(1.0, SIDE_PX / max(view.shape))
        return meter(cv2.resize(view, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
