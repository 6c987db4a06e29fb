"""Degradations of geometry."""

from __future__ import annotations

import cv2
import numpy as np

from imaging.image import Image
from training.degradations.camera import between


def rotation(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Tilted by 1.5 to 10 degrees either way, cropped so that no corner is empty."""
    return tilt(image, float(rng.choice([-1, 1])) * between(severity, 1.5, 10.0))


def tilt(image: Image, angle_deg: float) -> Image:
    """Return the photo with its scene leaning counter-clockwise by `angle_deg` (the sign of `Report.angle_deg`).

    The result is the largest upright rectangle of the same proportions inside the turned photo, same aspect ratio.
    """
    height, width = image.shape[:2]
    sine, cosine = abs(np.sin(np.radians(angle_deg))), np.cos(np.radians(angle_deg))
    scale = min(width / (width * cosine + height * sine), height / (width * sine + height * cosine))
    size = (max(1, int(width * scale)), max(1, int(height * scale)))
    # BORDER_REPLICATE: OpenCV 5's warpAffine never returns with BORDER_REFLECT101 on a photo one pixel wide.
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle_deg, 1.0)
    matrix[:, 2] -= (width - size[0]) / 2, (height - size[1]) / 2
    return cv2.warpAffine(image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
