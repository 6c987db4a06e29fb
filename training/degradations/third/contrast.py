"""Contrast lost in lightness: a soft curve about the middle, and a film of one tone over everything."""

from __future__ import annotations

import cv2
import numpy as np

from imaging.image import Image
from training.degradations.camera import between


def low_contrast(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Lightness of CIELAB drawn to its median, or the photo laid under a film of a tone, half as often each.

    The former keeps 0.85 to 0.35 of the distance from the median and 0.9 to 0.5 of the chroma; the latter shows 0.15 to
    0.65 of a grey between code 60 and 190.
    """
    if rng.random() < 0.5:
        lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
        middle = float(np.median(lab[..., 0]))
        middle = min(max(middle, 30.0), 75.0)
        lab[..., 0] = middle + (lab[..., 0] - middle) * between(severity, 0.85, 0.35)
        lab[..., 1:] *= between(severity, 0.9, 0.5)
        flat = cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * 255
    else:
        film = np.float32(rng.uniform(60, 190)) * (1 + rng.normal(0, 0.02, 3)).astype(np.float32)
        share = np.float32(between(severity, 0.15, 0.65))
        flat = image * (1 - share) + film * share
    return np.rint(np.clip(flat, 0, 255)).astype(np.uint8)
