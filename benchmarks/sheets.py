"""Before/after pictures, to look at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from imaging.image import Image

TILE_PX = (400, 300)


def write(path: Path, columns: Sequence[Sequence[Image]], rows: int = 8) -> None:
    """Write a picture with one column for each list of photos, and one row for each photo.

    Args:
        path: A PNG; its folder is made.
        columns: Lists of photos in one order.
        rows: At most so many, spread evenly over the lists.
    """
    count = len(columns[0])
    shown = [i * count // min(rows, count) for i in range(min(rows, count))]
    if not shown:
        return
    lines = [np.hstack([_tile(column[i]) for column in columns]) for i in shown]
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.vstack(lines)[..., ::-1])


def _tile(photo: Image) -> Image:
    """Return the photo in a tile, as large as it fits."""
    width, height = TILE_PX
    scale = min(width / photo.shape[1], height / photo.shape[0])
    size = max(1, round(photo.shape[1] * scale)), max(1, round(photo.shape[0] * scale))
    tile = np.zeros((height, width, 3), np.uint8)
    tile[: size[1], : size[0]] = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    return tile
