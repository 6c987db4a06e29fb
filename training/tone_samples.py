"""Pairs of small photos, wrongly exposed and as they should be, that the tone networks are trained on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from enhancers.local_tone import illumination
from imaging.color import linear_to_srgb
from imaging.defects import Defect
from imaging.image import Image, Plane
from imaging.measures.exposure import channel_max
from training.degradations.camera import sensor_noise, tone_curve
from training.degradations.tone import glaring, hazy, low_contrast, low_light, poor_white_balance
from training.exposure import expose, fuse, load_radiance, meter, perspective, uneven_radiance
from training.photos import list_photos, load_photo
from training.split import Part, part

SIDE_PX = 128
"""Samples are squares of this side: photos are squeezed, as the network sees them."""

TRAINED_SETS = ("stock_interior", "stock_exterior", "clic", "cid22")
"""Sets whose licences allow to ship what was trained on them."""

_NOISE = 0.3
"""What averaging from photo to thumbnail leaves of the noise."""
_STORED_PX = 384
_FUSED_EV = (-4.0, -2.0, 0.0, 2.0, 4.0)


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


class Thumbnails:
    """Crops of the clean photos of one part, as thumbnails.

    Args:
        root: Folder of photos.
        only: The part of the split.
    """

    def __init__(self, root: Path, only: Part) -> None:
        self._photos = [load_photo(p, _STORED_PX) for p in list_photos(root, only=only, sets=TRAINED_SETS)]

    def draw(self, rng: np.random.Generator) -> Image:
        """Return a random crop of a random photo, mirrored half the time, uint8 RGB (128, 128, 3)."""
        photo = self._photos[int(rng.integers(len(self._photos)))]
        height, width = photo.shape[:2]
        share = rng.uniform(0.55, 1, 2)
        h, w = int(height * share[0]), int(width * share[1])
        top, left = int(rng.integers(height - h + 1)), int(rng.integers(width - w + 1))
        small = cv2.resize(photo[top : top + h, left : left + w], (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
        return np.ascontiguousarray(small[:, ::-1]) if rng.random() < 0.5 else small


class ExposureSamples:
    """Draws samples for one of the two exposure defects.

    Args:
        root: Folder of photos.
        defect: `LOW_LIGHT` or `GLARING`.
        only: The part of the split.
    """

    def __init__(self, root: Path, defect: Defect, only: Part) -> None:
        self._dark = defect is Defect.LOW_LIGHT
        self._photos = Thumbnails(root, only)
        self._scenes = [
            np.maximum(load_radiance(path), 0) for path in sorted((root / "hdr").glob("*.hdr")) if part(path) is only
        ]
        self._bracketed: list[tuple[dict[float, Image], Image]] = []

    def draw(self, rng: np.random.Generator) -> Sample:
        """Return a random sample."""
        kind = rng.random()
        if kind < 0.12 and self._scenes:
            return self._from_radiance(rng)
        photo = self._photos.draw(rng)
        if rng.random() < 0.15:  # another defect, which stays
            other = (poor_white_balance, low_contrast, hazy)[int(rng.integers(3))]
            photo = other(photo, float(rng.uniform(0, 0.6)), rng)
        if kind < 0.30:
            return self._from_expanded(photo, rng)
        if kind < 0.72:
            bad = (
                low_light(photo, float(rng.random()), rng, noise=_NOISE)
                if self._dark
                else glaring(photo, float(rng.random()), rng)
            )
            return Sample(*_framed(bad, photo, rng), 1.0)
        if kind < 0.76:  # the opposite defect is another repair's
            bad = glaring(photo, float(rng.random()), rng) if self._dark else low_light(photo, float(rng.random()), rng)
            return Sample(bad, bad, 0.0)
        return Sample(*_framed(photo, photo, rng), 0.0)

    def _from_expanded(self, photo: Image, rng: np.random.Generator) -> Sample:
        radiance = uneven_radiance(photo, rng)
        ev = rng.uniform(-3.5, -0.5) if self._dark else rng.uniform(0.5, 2.8)
        seen = sensor_noise(radiance * np.float32(2.0**ev), 2e-4 * _NOISE**2, 1e-3 * _NOISE, rng)
        bad = linear_to_srgb(tone_curve(seen, float(rng.choice([1.0, rng.uniform(0.6, 0.95)]))))
        return Sample(bad, photo, 0.5 if abs(ev) < 1.2 else 1.0)

    def _from_radiance(self, rng: np.random.Generator) -> Sample:
        # A fusion takes 20 ms: views are kept and used again.
        if len(self._bracketed) < 60 * len(self._scenes):
            self._bracketed.append(self._bracket(rng))
            shots, target = self._bracketed[-1]
        else:
            shots, target = self._bracketed[int(rng.integers(len(self._bracketed)))]
        ev = float(rng.choice([-3.0, -2.0, -1.5] if self._dark else [1.5, 2.0, 2.5]))
        image = shots[ev]
        if rng.random() < 0.5:
            image, target = (np.ascontiguousarray(i[:, ::-1]) for i in (image, target))
        return Sample(image, target, 1.0)

    def _bracket(self, rng: np.random.Generator) -> tuple[dict[float, Image], Image]:
        scene = self._scenes[int(rng.integers(len(self._scenes)))]
        view = perspective(scene, float(rng.uniform(0, 360)), float(rng.uniform(60, 100)))
        view = meter(cv2.resize(view, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA))
        evs = (*_FUSED_EV, -3.0, -1.5, 1.5, 2.5)
        shots = {ev: expose(view, ev, rng, float(rng.uniform(0.65, 0.95))) for ev in evs}
        return shots, fuse([expose(view, ev, rng) for ev in _FUSED_EV])


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


def brightness(image: Image, defect: Defect) -> Plane:
    """Return the plane whose illumination a repair follows, uint8 (H, W): what clips first, or luma."""
    return channel_max(image) if defect is Defect.LOW_LIGHT else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)


def light_of(image: Image, defect: Defect) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return the illumination, as the square root of codes in [0, 1], float32 (H, W)."""
    return illumination(brightness(image, defect))
