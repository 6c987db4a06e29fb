"""Lists and loads the photos that are trained, calibrated and measured on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from imaging.image import Image
from training.split import Part, part

PHOTOS_VARIABLE = "BELVEDERE_PHOTOS"
"""Environment variable with the folder of photos; no path of a machine stands in the code."""

TRAINED_SETS = ("stock_interior", "stock_exterior", "stock_more", "openimages_homes", "clic", "cid22")
"""Sets whose licences allow to ship what was trained on them."""

UNTRAINED_SETS = ("listings", "real", "panoramas")
"""Sets without such a licence: to look at, to set thresholds on and to measure."""

_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})


def photos_root(folder: str | Path | None = None) -> Path:
    """Return the folder of photos: the argument, or what `BELVEDERE_PHOTOS` names.

    Raises:
        FileNotFoundError: Neither is given, or it is no folder.
    """
    named = folder or os.environ.get(PHOTOS_VARIABLE)
    if not named:
        raise FileNotFoundError(f"name a folder of photos, as an argument or in {PHOTOS_VARIABLE}")
    root = Path(named)
    if not root.is_dir():
        raise FileNotFoundError(f"{root} is no folder")
    return root


def list_photos(
    root: str | Path,
    *,
    only: Part | None = None,
    sets: Sequence[str] = (),
    limit: int | None = None,
) -> list[Path]:
    """Return the photos under a folder in a fixed order.

    Args:
        root: Folder that is searched with its subfolders.
        only: Keep only this part of the split.
        sets: Keep only these top-level subfolders (e.g. "listings"); all when empty.
        limit: At most so many, spread evenly over the list.
    """
    roots = [Path(root) / name for name in sets] if sets else [Path(root)]
    found = sorted(p for top in roots for p in top.rglob("*") if p.suffix.lower() in _SUFFIXES)
    if only is not None:
        found = [p for p in found if part(p) is only]
    if limit is not None and limit < len(found):
        found = [found[i * len(found) // limit] for i in range(limit)]
    return found


def training_photos(root: str | Path, only: Part, sets: Sequence[str] = TRAINED_SETS) -> list[Path]:
    """Return the photos of one part that may be trained on: of `sets`, or all of a folder that has none of these."""
    known = [name for name in sets if (Path(root) / name).is_dir()]
    found = list_photos(root, only=only, sets=known)
    return [path for path in found if path.relative_to(root).parts[0] not in UNTRAINED_SETS]


def load_photo(path: str | Path, max_side: int | None = None) -> Image:
    """Return a trusted photo as RGB, area-averaged to a long side of at most `max_side` pixels.

    For our own data only: what comes from outside goes through `imaging.codec`.

    Raises:
        ValueError: The file cannot be decoded.
    """
    decoded = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR_RGB)
    if decoded is None:
        raise ValueError(f"{path} cannot be decoded")
    return shrink(decoded, max_side)


def shrink(image: Image, max_side: int | None) -> Image:
    """Return the photo area-averaged to a long side of at most `max_side` pixels (None: as it is)."""
    height, width = image.shape[:2]
    if max_side is None or max(height, width) <= max_side:
        return image
    scale = max_side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
