"""Held-out photos, damaged: what every version and every operator is measured on. The same for the same photos."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from imaging.defects import Defect
from imaging.image import Image
from training.degradations import FAMILIES, Family
from training.degradations.camera import recompress
from training.exposure import brackets
from training.photos import TRAINED_SETS, list_photos, load_photo, photos_root
from training.split import Part

MAX_SIDE_PX = 1024

LOSSLESS_SETS = ("cid22", "clic")
"""Never compressed: what noise of a known strength is added to."""

CLEAN_SETS = (*LOSSLESS_SETS, "stock_exterior", "stock_interior")
"""Without visible noise and blocks, once the stock photos are reduced."""

HOUSE_SETS = ("openimages_homes", "stock_exterior", "stock_interior")
"""Rooms and houses: what is photographed for a listing."""

LISTINGS = ("listings",)
"""Real listing photos, as they were uploaded."""

DETAIL = frozenset({Defect.NOISY, Defect.JPEG_ARTIFACTS, Defect.BLUR})
"""Defects of fine detail: listing photos have them already, so that their references are no target."""

_DAMAGE_ORDER = (
    Defect.LOW_CONTRAST,
    Defect.HAZY,
    Defect.POOR_WHITE_BALANCE,
    Defect.LOW_LIGHT,
    Defect.GLARING,
    Defect.BLUR,
    Defect.NOISY,
    Defect.JPEG_ARTIFACTS,
)
"""The air, then the light, the lens, the sensor and the file."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One photo and what was made of it."""

    reference: Image
    degraded: Image


def held_out(folder: str | None, limit: int | None, sets: Sequence[str] = ()) -> list[Image]:
    """Return clean held-out photos of a folder, or the ones that tests run on where no folder is known.

    Args:
        folder: Folder of photos; None for the one that the environment names.
        limit: At most so many.
        sets: Of these subfolders only, where the folder has any of them; by default of all but research sets.
    """
    try:
        root = photos_root(folder)
    except FileNotFoundError:
        if folder is not None:
            raise
        from tests.photos import clean_photos

        return clean_photos()
    known = [name for name in sets or (*TRAINED_SETS, *LISTINGS) if (root / name).is_dir()]
    paths = list_photos(root, only=Part.HELD_OUT, sets=known, limit=limit)
    return [load_photo(path, MAX_SIDE_PX) for path in paths]


def damaged(defect: Defect, photos: Sequence[Image], family: Family = Family.FIRST) -> list[Trial]:
    """Return each photo with one defect at random severity."""

    def damage(photo: Image, rng: np.random.Generator) -> Image:
        return FAMILIES[family][defect](photo, float(rng.random()), rng)

    return _each(photos, damage, tuple(Defect).index(defect))


def combined(photos: Sequence[Image], family: Family = Family.FIRST) -> list[Trial]:
    """Return each photo with two or three defects of a family, not too dark and too bright at once."""
    combinable = tuple(defect for defect in FAMILIES[family] if defect is not Defect.ROTATION)

    def damage(photo: Image, rng: np.random.Generator) -> Image:
        defects: set[Defect] = set()
        while not defects or {Defect.LOW_LIGHT, Defect.GLARING} <= defects:
            defects = {combinable[i] for i in rng.choice(len(combinable), rng.integers(2, 4), replace=False)}
        for defect in sorted(defects, key=_DAMAGE_ORDER.index):
            photo = FAMILIES[family][defect](photo, float(rng.uniform(1 / 3, 1)), rng)
        return photo

    return _each(photos, damage, 100)


def gaussian_noise(photos: Sequence[Image], sigma: float) -> list[Trial]:
    """Return each photo with white Gaussian noise of a deviation in codes, clipped and rounded as files are."""

    def damage(photo: Image, rng: np.random.Generator) -> Image:
        return np.clip(np.rint(photo + sigma * rng.standard_normal(photo.shape)), 0, 255).astype(np.uint8)

    return _each(photos, damage, 101)


def jpeg(photos: Sequence[Image], quality: int) -> list[Trial]:
    """Return each photo after JPEG at a quality, 4:2:0."""
    return [Trial(photo, recompress(photo, quality)) for photo in photos]


def bracketed(folder: Path, *, dark: bool) -> list[Trial]:
    """Return the dark or the bright shots of the held-out radiance maps (`*.hdr`), with their exposure fusion."""
    shots = brackets(folder, Part.HELD_OUT)
    return [Trial(shot.reference, shot.dark if dark else shot.bright) for shot in shots]


def _each(photos: Sequence[Image], damage: Callable[[Image, np.random.Generator], Image], seed: int) -> list[Trial]:
    return [Trial(photo, damage(photo, np.random.default_rng([i, seed]))) for i, photo in enumerate(photos)]
