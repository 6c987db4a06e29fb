"""Nearly whole photos, large enough to keep their extremes: what the networks of tone and colour learn from.

A repair judges how a photo's highlights lie to its middle; crops lie otherwise.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from imaging.image import Image
from training.photos import load_photo, shrink, training_photos
from training.split import Part

SIDE_PX = 512
_LOADED_PX = 600
_LEAST_SHARE = 0.85


class Frames:
    """The clean photos of one part, at most 512 px, with little cut off.

    Args:
        root: Folder of photos.
        only: The part of the split.
    """

    def __init__(self, root: Path, only: Part) -> None:
        self._photos = [load_photo(p, _LOADED_PX) for p in training_photos(root, only)]

    def draw(self, rng: np.random.Generator) -> Image:
        """Return most of a random photo, mirrored half the time, uint8 RGB (h, w, 3)."""
        photo = self._photos[int(rng.integers(len(self._photos)))]
        height, width = photo.shape[:2]
        h, w = (int(side * share) for side, share in zip((height, width), rng.uniform(_LEAST_SHARE, 1, 2), strict=True))
        top, left = int(rng.integers(height - h + 1)), int(rng.integers(width - w + 1))
        frame = shrink(np.ascontiguousarray(photo[top : top + h, left : left + w]), SIDE_PX)
        return np.ascontiguousarray(frame[:, ::-1]) if rng.random() < 0.5 else frame
