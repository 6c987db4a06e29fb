"""What a photo is in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""RGB, uint8, shape (H, W, 3), C-contiguous. Read-only by convention: nobody changes one in place."""

Plane = NDArray[np.uint8]
"""One channel (luma, alpha), uint8, shape (H, W)."""


def check_image(image: NDArray[Any]) -> Image:
    """Return `image` if it honours the contract of `Image`.

    Raises:
        TypeError: The dtype is not uint8.
        ValueError: The shape is not (H, W, 3) with H, W >= 1, or the array is not C-contiguous.
    """
    if image.dtype != np.uint8:
        raise TypeError(f"an image is uint8, this is {image.dtype}")
    if image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"an image is (H, W, 3) RGB, this is {image.shape}")
    if not image.flags.c_contiguous:
        raise ValueError("an image is C-contiguous, this is a strided view: np.ascontiguousarray makes one")
    return image
