"""Contrast lost in light and in codes: veiled blacks, dull whites, log profiles, faded prints."""

from __future__ import annotations

import numpy as np

from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.image import Image
from training.degradations.camera import between


def low_contrast(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Tones squeezed between a black and a white that are no longer black and white, in light or in codes.

    The range falls to 0.9 down to 0.25 of what it was. One time in three blacks or whites alone give way, one in four a
    curve flattens the tones as log profiles of cameras do, one in five the channels fade unevenly as prints do, and
    two times in five colours fade as well.
    """
    lost = between(severity, 0.1, 0.75)
    kind = float(rng.random())
    share = 1.0 if kind < 1 / 6 else 0.0 if kind < 1 / 3 else float(rng.uniform(0.15, 0.85))
    low, high = np.full(3, share * lost), np.full(3, 1 - (1 - share) * lost)
    if rng.random() < 0.2:
        low = low * rng.uniform(0.7, 1.3, 3)
        high = high * rng.uniform(0.94, 1, 3)
    high = np.maximum(np.minimum(high, 1), low + 0.2)
    codes = image.astype(np.float32) / 255
    if rng.random() < 0.25:
        codes = codes ** np.float32(rng.uniform(0.65, 1.25))
    if rng.random() < 0.4:
        grey = codes.mean(axis=2, keepdims=True)
        codes = grey + (codes - grey) * np.float32(1 - rng.uniform(0, 0.6) * lost)
    if rng.random() < 0.5:
        # In light: an even stray light over the sensor, and a display that does not reach its white.
        light = srgb_to_linear(np.rint(255 * np.clip(codes, 0, 1)).astype(np.uint8))
        black, white = low**2.2, high**2.2
        return linear_to_srgb((black + light * (white - black)).astype(np.float32))
    return np.rint(255 * np.clip(low + codes * (high - low), 0, 1)).astype(np.uint8)
