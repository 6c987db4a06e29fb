"""Pairs of small photos, over-exposed and as they should be, that the network of `glaring` is trained on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from enhancers.local_tone import illumination
from imaging.color import linear_to_srgb
from imaging.image import Image
from training.degradations.camera import sensor_noise, tone_curve
from training.degradations.tone import glaring, hazy, low_contrast, low_light, poor_white_balance
from training.exposure import BRACKET_EV, expose, fuse, load_radiance, meter, perspective, uneven_radiance
from training.frames import Frames
from training.split import Part, part

SIDE_PX = 128
"""Samples are squares of this side: photos are squeezed, as the network sees them."""

_NOISE = 0.3
"""What averaging from photo to thumbnail leaves of the noise."""
_OVER_EV = (1.5, 2.0, 2.5)


@dataclass(frozen=True, slots=True)
class Sample:
    """One pair.

    Attributes:
        image: What the network gets, uint8 RGB (128, 128, 3).
        target: What should come out.
        defective: Whether it has the defect: 1, 0, or 0.5 where that is not clear.
    """

    image: Image
    target: Image
    defective: float


class ExposureSamples:
    """Draws samples of over-exposure.

    Args:
        root: Folder of photos.
        only: The part of the split.
    """

    def __init__(self, root: Path, only: Part) -> None:
        self._photos = Frames(root, only)
        self._scenes = [
            np.maximum(load_radiance(path), 0) for path in sorted((root / "hdr").glob("*.hdr")) if part(path) is only
        ]
        self._bracketed: list[tuple[dict[float, Image], Image]] = []

    def draw(self, rng: np.random.Generator) -> Sample:
        """Return a random sample."""
        kind = rng.random()
        if kind < 0.12 and self._scenes:
            return self._from_radiance(rng)
        photo = cv2.resize(self._photos.draw(rng), (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
        if rng.random() < 0.15:  # another defect, which stays
            other = (poor_white_balance, low_contrast, hazy)[int(rng.integers(3))]
            photo = other(photo, float(rng.uniform(0, 0.6)), rng)
        if kind < 0.30:
            return self._from_expanded(photo, rng)
        if kind < 0.72:
            return Sample(*_framed(glaring(photo, float(rng.random()), rng), photo, rng), 1.0)
        if kind < 0.76:  # the opposite defect is another repair's
            bad = low_light(photo, float(rng.random()), rng)
            return Sample(bad, bad, 0.0)
        return Sample(*_framed(photo, photo, rng), 0.0)

    def _from_expanded(self, photo: Image, rng: np.random.Generator) -> Sample:
        radiance = uneven_radiance(photo, rng)
        ev = rng.uniform(0.5, 2.8)
        seen = sensor_noise(radiance * np.float32(2.0**ev), 2e-4 * _NOISE**2, 1e-3 * _NOISE, rng)
        bad = linear_to_srgb(tone_curve(seen, float(rng.choice([1.0, rng.uniform(0.6, 0.95)]))))
        return Sample(bad, photo, 0.5 if ev < 1.2 else 1.0)

    def _from_radiance(self, rng: np.random.Generator) -> Sample:
        # A fusion takes 20 ms: views are kept and used again.
        if len(self._bracketed) < 60 * len(self._scenes):
            self._bracketed.append(self._bracket(rng))
            shots, target = self._bracketed[-1]
        else:
            shots, target = self._bracketed[int(rng.integers(len(self._bracketed)))]
        image = shots[float(rng.choice(_OVER_EV))]
        if rng.random() < 0.5:
            image, target = (np.ascontiguousarray(i[:, ::-1]) for i in (image, target))
        return Sample(image, target, 1.0)

    def _bracket(self, rng: np.random.Generator) -> tuple[dict[float, Image], Image]:
        scene = self._scenes[int(rng.integers(len(self._scenes)))]
        view = perspective(scene, float(rng.uniform(0, 360)), float(rng.uniform(60, 100)))
        view = meter(cv2.resize(view, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA))
        shots = {ev: expose(view, ev, rng, float(rng.uniform(0.65, 0.95))) for ev in _OVER_EV}
        return shots, fuse([expose(view, ev, rng) for ev in BRACKET_EV])


def _framed(image: Image, target: Image, rng: np.random.Generator) -> tuple[Image, Image]:
    """Put a white or black frame around one pair in twelve, as letterboxed photos and graphics have it."""
    if rng.random() > 1 / 12:
        return image, target
    image, target = image.copy(), target.copy()
    code = 255 if rng.random() < 0.7 else 0
    depth = int(rng.integers(4, SIDE_PX // 3))
    for photo in (image, target):
        view = photo if depth % 2 else photo.transpose(1, 0, 2)
        view[:depth] = code
        view[-depth:] = code
    return image, target


def light_of(image: Image) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return the illumination that the repair follows, that of luma, as the square root of codes, float32 (H, W)."""
    return illumination(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
