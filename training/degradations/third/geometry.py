"""Tilts cropped elsewhere than about the centre, of photos that were stretched and scaled on their way."""

from __future__ import annotations

import cv2
import numpy as np

from imaging.image import Image
from training.degradations.camera import between


def rotation(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Tilted by 1.5 to 9 degrees either way; a rectangle somewhere in the turned photo, of proportions of its own.

    Interpolated bilinearly, as phones do, and enlarged or reduced by up to a fifth; one in three is stretched by 3 %.
    """
    height, width = image.shape[:2]
    angle_deg = float(rng.choice([-1, 1])) * between(severity, 1.5, 9.0)
    aspect = width / height * float(np.exp(rng.uniform(-0.15, 0.15)))
    sine, cosine = abs(np.sin(np.radians(angle_deg))), np.cos(np.radians(angle_deg))
    # The tallest crop of that aspect whose corners, turned back, lie within the photo, and a little less.
    tallest = min(width / (aspect * cosine + sine), height / (aspect * sine + cosine))
    rows = tallest * float(rng.uniform(0.8, 1))
    spare = np.array([width - rows * (aspect * cosine + sine), height - rows * (aspect * sine + cosine)])
    centre = (np.array([width, height]) - 1) / 2 + spare / 2 * rng.uniform(-1, 1, 2)
    zoom = float(rng.uniform(0.8, 1.2))
    stretch = float(rng.uniform(0.97, 1.03)) if rng.random() < 1 / 3 else 1.0
    size = max(1, int(rows * aspect * zoom * stretch)), max(1, int(rows * zoom))
    turned = np.eye(3)
    turned[:2] = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), angle_deg, 1.0)
    placed = np.array(
        [
            [zoom * stretch, 0, (size[0] - 1) / 2 - zoom * stretch * centre[0]],
            [0, zoom, (size[1] - 1) / 2 - zoom * centre[1]],
            [0, 0, 1],
        ]
    )
    return cv2.warpAffine(image, (placed @ turned)[:2], size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
