"""A quick thumbnail of a full-size photo, to measure tone and colour on."""

from __future__ import annotations

import cv2

from imaging.image import Image
from imaging.view import MIN_LONG_SIDE_PX, View


def thumbnail_of(image: Image) -> Image:
    """Return what `View.of(image).thumbnail` nearly is, uint8 (h, w, 3) of at most 160 px, at an eighth of the cost.

    The first reduction interpolates between four pixels instead of averaging all of them (1.6 ms instead of 13 at
    12 MP); averages over the thumbnail's pixels are the same but for noise.
    """
    height, width = image.shape[:2]
    scale = MIN_LONG_SIDE_PX / max(height, width)
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        image = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
    return View(image).thumbnail
