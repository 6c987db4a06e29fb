"""Wrong exposure through the tone curves of cameras, against the light, and by formulas on codes."""

from __future__ import annotations

import numpy as np

from imaging.image import Image
from training.degradations.camera import Linear, between, recompress, sensor_noise, smooth_field
from training.degradations.curves import random_curve


def low_light(image: Image, severity: float, rng: np.random.Generator, *, noise: float = 1.0) -> Image:
    """Under-exposed by 0.8 to 4 EV through a random tone curve, or darkened in codes.

    Half of the former see a scene of higher contrast than the photo shows: its dark parts lose up to 2 EV more. Sensor
    noise as in the first family, scaled by `noise`; two in five are saved as JPEG.
    """
    if rng.random() < 0.3:
        dark = _darker_codes(image, severity, rng)
    else:
        curve = random_curve(rng)
        light = curve.scene(image)
        if rng.random() < 0.5:
            light = _more_contrast(light, float(rng.uniform(0.1, 0.5)), rng)
        light = light * np.float32(2 ** -between(severity, 0.8, 4.0))
        gain = float(rng.uniform(0.2, 1)) * between(severity, 0.3, 1)
        dark = curve.develop(sensor_noise(light, 4e-4 * gain * noise**2, 1.5e-3 * gain * noise, rng))
    return recompress(dark, int(rng.integers(70, 97))) if rng.random() < 0.4 else dark


def glaring(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Over-exposed by 0.5 to 2.5 EV through a random tone curve, or brightened in codes, with or without a veil."""
    if rng.random() < 0.3:
        bright = _brighter_codes(image, severity, rng)
    else:
        curve = random_curve(rng)
        light = curve.scene(image) * np.float32(2 ** between(severity, 0.5, 2.5))
        if rng.random() < 0.3:
            height, width = image.shape[:2]
            stray = smooth_field(height, width, rng)[..., None] ** 2 * np.float32(between(severity, 0.05, 0.5))
            light = light + stray * (1 + rng.normal(0, 0.05, 3)).astype(np.float32)
        bright = curve.develop(light)
    return recompress(bright, int(rng.integers(70, 97))) if rng.random() < 0.4 else bright


def _darker_codes(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """A power, a factor, or both, of codes."""
    codes = image.astype(np.float32) / 255
    kind = int(rng.integers(3))
    if kind != 1:
        codes = codes ** np.float32(between(severity, 1.4, 3.5 if kind == 0 else 2.2))
    if kind != 0:
        codes = codes * np.float32(between(severity, 0.75, 0.2 if kind == 1 else 0.45))
    codes = codes + np.float32(rng.uniform(0, 0.012)) * rng.standard_normal(codes.shape, np.float32)
    return np.rint(255 * np.clip(codes, 0, 1)).astype(np.uint8)


def _brighter_codes(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """A power, a factor or an offset of codes."""
    codes = image.astype(np.float32) / 255
    kind = int(rng.integers(3))
    if kind == 0:
        codes = codes ** np.float32(between(severity, 0.75, 0.3))
    elif kind == 1:
        codes = codes * np.float32(between(severity, 1.25, 2.6))
    else:
        codes = codes + np.float32(between(severity, 0.12, 0.45))
    return np.rint(255 * np.clip(codes, 0, 1)).astype(np.uint8)


def _more_contrast(light: Linear, stretch: float, rng: np.random.Generator) -> Linear:
    """Light with its differences in EV stretched about its brightest part, and falling off across the photo."""
    height, width = light.shape[:2]
    luminance = light.max(axis=2)
    white = float(np.percentile(luminance, 95)) + 1e-3
    darker_ev = stretch * np.log2(np.clip(luminance / white, 2.0**-6, 1))
    darker_ev = darker_ev - float(rng.uniform(0, 1.2)) * smooth_field(height, width, rng)
    return (light * np.exp2(darker_ev)[..., None]).astype(np.float32)
