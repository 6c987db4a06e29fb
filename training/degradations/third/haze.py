"""Fog that thins with height, with the glow that scattering leaves around what is bright."""

from __future__ import annotations

import cv2
import numpy as np

from imaging.image import Image
from training.degradations.camera import between, smooth_field
from training.degradations.depth import plausible_depth

GAMMA = 1.8
"""Exponent between codes and the light in which the fog is made: neither codes nor sRGB."""


def hazy(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Fog with a density that falls with height, and a point spread that widens with its thickness.

    Multiple scattering blurs what shines through (Narasimhan and Nayar, "Shedding light on the weather", CVPR 2003).
    """
    height, width = image.shape[:2]
    upwards = np.linspace(1, 0, height, dtype=np.float32)[:, None]
    density = np.exp(-np.float32(rng.uniform(0, 1.5)) * upwards) * (0.7 + 0.6 * smooth_field(height, width, rng, 5))
    thickness = density * plausible_depth(image, rng) ** np.float32(rng.uniform(0.5, 1))
    transmission = np.exp(-np.float32(between(severity, 0.12, 1.2)) * thickness / thickness.mean())[..., None]
    light = (image.astype(np.float32) / 255) ** GAMMA
    glow = cv2.GaussianBlur(light, (0, 0), max(height, width) / 60)
    seen = light + np.float32(0.5) * (1 - transmission) * (glow - light)
    airlight = np.float32(rng.uniform(0.4, 0.95)) * (1 + rng.normal(0, 0.03, 3)).astype(np.float32)
    veiled = seen * transmission + airlight * (1 - transmission)
    return np.rint(255 * np.clip(veiled, 0, 1) ** (1 / GAMMA)).astype(np.uint8)
