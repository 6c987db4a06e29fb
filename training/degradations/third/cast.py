"""Casts as a colour filter before the lens, and as a shift of the opponent axes of CIELAB."""

from __future__ import annotations

import cv2
import numpy as np

from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.image import Image
from training.degradations.camera import between


def poor_white_balance(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """A filter of any hue that takes 10 to 45 % of the light it blocks, or a shift in CIELAB of 6 to 30 units.

    Three in four lie near the axis of daylight, as lamps and shade do.
    """
    along = rng.random() < 0.75
    hue = (np.radians(75) if rng.random() < 0.6 else np.radians(255)) + rng.normal(0, 0.25 if along else 1.5)
    if rng.random() < 0.5:
        lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
        shift = between(severity, 6, 30)
        # Less at black and at white, where no colour fits.
        room = 4 * (lab[..., 0] / 100) * (1 - lab[..., 0] / 100)
        lab[..., 1] += np.float32(shift * np.cos(hue)) * (0.3 + 0.7 * room)
        lab[..., 2] += np.float32(shift * np.sin(hue)) * (0.3 + 0.7 * room)
        return np.rint(255 * np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1)).astype(np.uint8)
    directions = hue - np.radians([0, 120, 240])
    passed = 1 - between(severity, 0.10, 0.45) * (1 - np.cos(directions)) / 2
    light = srgb_to_linear(image) * (passed / passed.mean()).astype(np.float32)
    return linear_to_srgb(light.astype(np.float32))
