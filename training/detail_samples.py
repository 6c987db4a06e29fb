"""What the networks of noise, JPEG artefacts and blur are trained on: crops of clean photos, damaged anew each time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from imaging.image import Image
from training.degradations import detail
from training.degradations.camera import recompress
from training.degradations.second.blur import blurred as second_blurred
from training.degradations.second.compression import jpeg_artifacts as second_jpeg_artifacts
from training.degradations.second.noise import noisy as second_noisy
from training.photos import load_photo, shrink, training_photos
from training.split import Part

Damage = Callable[[Image, np.random.Generator], tuple[Image, Image]]
"""(clean crop, random generator) -> what the network sees and what it should make of it, two crops of one shape."""

UNCOMPRESSED = frozenset({".png"})
"""Photos that are clean as they are; the light JPEG of all others is averaged away by halving them."""

CROP_PX, MARGIN_PX, PATCH_PX = 128, 24, 96
"""Side of the damaged crops that are kept, what is damaged around them and cut off, and side of a training patch."""

KEPT, FRESH = 320, 4
"""Damaged crops that patches are drawn from, and how many of them are replaced for each batch."""

GRID_PX = 8
"""Period of JPEG blocks: patches are cut along it, so that a crop's grid is the patch's."""

ALIGNED_SHARE = 0.85
"""Share of the JPEG crops whose blocks lie along that grid, as the repair lays its tiles; it may miss the grid."""

HALVED_SHARE = 0.12
"""Share of the crops that are damaged at twice their size: very large photos are repaired at half size."""

GOOD_SHARE, SHARP_SHARE = 0.15, 0.25
"""Share of the crops that are not damaged, and are to be left alone; for blur, which texture is easily taken for."""


def with_noise(crop: Image, rng: np.random.Generator) -> tuple[Image, Image]:
    """Noise of both families, white noise of sigma 2 to 55, or none at all."""
    draw = rng.random()
    if draw < GOOD_SHARE:
        return _as_it_is(crop, rng)
    if draw < 0.35:
        sigma = float(rng.uniform(2, 38) if rng.random() < 0.85 else rng.uniform(38, 55))
        grain = sigma * rng.standard_normal(crop.shape, np.float32)
        return np.clip(np.rint(crop + grain), 0, 255).astype(np.uint8), crop
    if draw < 0.6:
        return detail.noisy(crop, float(rng.uniform(-0.1, 1.1)), rng), crop
    return second_noisy(crop, float(rng.uniform(-0.6, 0.9)), rng), crop


def with_jpeg(crop: Image, rng: np.random.Generator) -> tuple[Image, Image]:
    """One or two JPEG passes from quality 70 down to 5, or none that shows."""
    if rng.random() < GOOD_SHARE:
        return _as_it_is(crop, rng)
    if rng.random() < 0.15:
        # Some cameras and programs keep the chroma at full size.
        full_chroma = (cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444)
        options = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(6, 70)), *full_chroma]
        bad = cv2.imdecode(cv2.imencode(".jpg", crop[..., ::-1], options)[1], cv2.IMREAD_COLOR_RGB)
        assert bad is not None, "a JPEG just encoded can be decoded"
        return bad, crop
    compress = detail.jpeg_artifacts if rng.random() < 0.5 else second_jpeg_artifacts
    return compress(crop, float(rng.uniform(-0.4, 1.1)), rng), crop


def with_blur(crop: Image, rng: np.random.Generator) -> tuple[Image, Image]:
    """Blur of 0.6 to 6.5 pixels at viewing size, a third of it with some noise or compression, or none."""
    if rng.random() < SHARP_SHARE:
        return _as_it_is(crop, rng)
    size_px = float(rng.uniform(1.0, 5.0) * rng.uniform(0.6, 1.3))
    blurred = detail.blurred if rng.random() < 0.5 else second_blurred
    bad = blurred(crop, size_px, rng, in_light=bool(rng.random() < IN_LIGHT_SHARE))
    draw = rng.random()
    if draw < 0.15:
        bad = detail.noisy(bad, float(rng.uniform(-0.3, 0.3)), rng)
    elif draw < 0.33:
        bad = recompress(bad, int(rng.integers(70, 97)))
    return bad, crop


def _as_it_is(crop: Image, rng: np.random.Generator) -> tuple[Image, Image]:
    """A good photo, half the time from a good JPEG."""
    good = recompress(crop, int(rng.integers(88, 98))) if rng.random() < 0.5 else crop
    return good, good


IN_LIGHT_SHARE = 0.65
"""Share of the blur that happens to light; a network that knows no other darkens what software has softened."""

DAMAGES: dict[str, Damage] = {"noisy": with_noise, "jpeg_artifacts": with_jpeg, "blur": with_blur}


class Crops:
    """A store of damaged crops in memory, renewed all the time.

    Args:
        photos: Clean photos, at least `CROP_PX` + 2 `MARGIN_PX` on each side.
        damage: What to do to them.
        rng: Random generator.
    """

    def __init__(self, photos: Sequence[Image], damage: Damage, rng: np.random.Generator) -> None:
        self._photos = photos
        self._damage = damage
        self._rng = rng
        shape = (KEPT, CROP_PX, CROP_PX, 3)
        self._bad, self._good = np.empty(shape, np.uint8), np.empty(shape, np.uint8)
        for index in range(KEPT):
            self._renew(index)

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        """Return patches as the network sees them and as they should be, float32 (size, 3, PATCH_PX, PATCH_PX)."""
        rng = self._rng
        for _ in range(FRESH):
            self._renew(int(rng.integers(KEPT)))
        pairs = np.empty((2, size, PATCH_PX, PATCH_PX, 3), np.uint8)
        for i in range(size):
            index = int(rng.integers(KEPT))
            top, left = GRID_PX * rng.integers((CROP_PX - PATCH_PX) // GRID_PX + 1, size=2)
            turns, mirrored = int(rng.integers(4)), rng.random() < 0.5
            for side, store in enumerate((self._bad, self._good)):
                patch = np.rot90(store[index, top : top + PATCH_PX, left : left + PATCH_PX], turns)
                pairs[side, i] = patch[:, ::-1] if mirrored else patch
        bad, good = torch.from_numpy(pairs).permute(0, 1, 4, 2, 3).float().div_(255)
        return bad, good

    def _renew(self, index: int) -> None:
        rng = self._rng
        photo = self._photos[int(rng.integers(len(self._photos)))]
        side = CROP_PX + 2 * MARGIN_PX
        halved = rng.random() < HALVED_SHARE and min(photo.shape[:2]) >= 2 * side
        bad, good = self._damage(_random_cut(photo, 2 * side if halved else side, rng), rng)
        if halved:
            bad, good = (cv2.resize(each, (side, side), interpolation=cv2.INTER_AREA) for each in (bad, good))
        if self._damage is with_jpeg and rng.random() < ALIGNED_SHARE:
            top, left = GRID_PX * rng.integers(1, 4, size=2)
        else:
            top, left = rng.integers(GRID_PX, 2 * MARGIN_PX - GRID_PX + 1, size=2)
        self._bad[index] = bad[top : top + CROP_PX, left : left + CROP_PX]
        self._good[index] = good[top : top + CROP_PX, left : left + CROP_PX]


def _random_cut(photo: Image, side: int, rng: np.random.Generator) -> Image:
    """A square of a photo at a random scale: reduced ones are crisper, enlarged ones as soft as pixels of phones."""
    draw = rng.random()
    scale = float(rng.uniform(1.0, 2.0) if draw < 0.3 else rng.uniform(0.55, 1.0) if draw < 0.5 else 1.0)
    need = round(side * min(scale, min(photo.shape[:2]) / side))
    top, left = (int(rng.integers(n - need + 1)) for n in photo.shape[:2])
    cut = photo[top : top + need, left : left + need]
    if need == side:
        return np.ascontiguousarray(cut)
    return cv2.resize(cut, (side, side), interpolation=cv2.INTER_AREA if need > side else cv2.INTER_CUBIC)


def clean_photos(photos_root: Path, only: Part, limit: int | None = None) -> list[Image]:
    """Return the clean targets of a part that are large enough, at most so many, spread evenly."""
    paths = training_photos(photos_root, only)
    if limit is not None and limit < len(paths):
        paths = [paths[i * len(paths) // limit] for i in range(limit)]
    photos = []
    for path in paths:
        photo = load_photo(path)
        if path.suffix.lower() not in UNCOMPRESSED:
            photo = shrink(photo, max(photo.shape[:2]) // 2)
        if min(photo.shape[:2]) >= CROP_PX + 2 * MARGIN_PX:
            photos.append(photo)
    return photos


def validation_pairs(photos_root: Path, damage: Damage, limit: int = 24) -> list[tuple[Image, Image]]:
    """Return damaged and clean squares from the middle of validation photos, always the same."""
    pairs = []
    side = CROP_PX + 2 * MARGIN_PX
    for i, photo in enumerate(clean_photos(photos_root, Part.VALIDATE, limit)):
        top, left = ((n - side) // 2 for n in photo.shape[:2])
        crop = np.ascontiguousarray(photo[top : top + side, left : left + side])
        pairs.append(damage(crop, np.random.default_rng([7, i])))
    return pairs
