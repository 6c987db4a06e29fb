"""Wrong exposure in the lightness of CIELAB, and through a logarithmic curve."""

from __future__ import annotations

import cv2
import numpy as np

from imaging.image import Image
from training.degradations.camera import between, sensor_noise
from training.degradations.curves import ToneCurve


def low_light(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Lightness of CIELAB brought down by a factor and a power, or 1 to 4 EV less through a logarithmic curve."""
    if rng.random() < 0.5:
        return _lightness(image, between(severity, 0.85, 0.3), between(severity, 1.1, 1.8))
    curve = _logarithmic(rng)
    light = curve.scene(image) * np.float32(2 ** -between(severity, 1.0, 4.0))
    return curve.develop(sensor_noise(light, 2e-4, 8e-4, rng))


def glaring(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Lightness of CIELAB brought up by a factor and a power, or 0.6 to 2.4 EV more through a logarithmic curve."""
    if rng.random() < 0.5:
        return _lightness(image, between(severity, 1.15, 1.8), between(severity, 0.95, 0.7))
    curve = _logarithmic(rng)
    return curve.develop(curve.scene(image) * np.float32(2 ** between(severity, 0.6, 2.4)))


def _lightness(image: Image, factor: float, power: float) -> Image:
    lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lab[..., 0] = 100 * np.clip(factor * (lab[..., 0] / 100) ** power, 0, 1)
    return np.rint(255 * np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1)).astype(np.uint8)


def _logarithmic(rng: np.random.Generator) -> ToneCurve:
    """Draw a curve of the form of Drago et al., "Adaptive logarithmic mapping" (Eurographics 2003)."""
    steepness = float(rng.uniform(8, 60))
    return ToneCurve(lambda light: np.log1p(steepness * light) / np.log1p(steepness))
