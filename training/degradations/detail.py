"""Degradations of fine detail: noise, compression and blur."""

from __future__ import annotations

import cv2
import numpy as np

from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.image import Image
from training.degradations.camera import Linear, between, recompress, sensor_noise


def noisy(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Sensor noise of a high ISO: signal-dependent, mostly demosaic-correlated, half the time compressed afterwards."""
    light = srgb_to_linear(image)
    level = between(severity, 0.25, 1.0) ** 2
    shot = 0.012 * level * float(rng.uniform(0.5, 1.2))
    read = 0.016 * level * float(rng.uniform(0.5, 1.2))
    seen = linear_to_srgb(sensor_noise(light, shot, read, rng, demosaic=bool(rng.random() < 0.8)))
    return recompress(seen, int(rng.integers(85, 97))) if rng.random() < 0.5 else seen


def jpeg_artifacts(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """JPEG at quality 40 down to 8; one time in three a messenger has resized and compressed the photo before."""
    quality = int(np.clip(round(between(severity, 40, 8) + float(rng.normal(0, 1.5))), 5, 45))
    height, width = image.shape[:2]
    if min(height, width) >= 32 and rng.random() < 1 / 3:
        scale = float(rng.uniform(0.7, 0.95))
        small = cv2.resize(image, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
        small = recompress(small, min(quality + 15, 60))
        image = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return recompress(image, quality)


def blur(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Out of focus, shaken or soft, in linear light; the radius grows with the photo (same look at any size)."""
    # In pixels of a 1000 px photo; a screen shows about so many, and less than 1 px cannot be seen.
    size_px = between(severity, 1.1, 5.0) * max(image.shape[:2]) / 1000
    light = srgb_to_linear(image)
    kind = int(rng.integers(3))
    if kind == 0:
        soft = cv2.GaussianBlur(light, (0, 0), max(size_px, 0.3), borderType=cv2.BORDER_REFLECT101)
    else:
        kernel = _disc(1.9 * size_px) if kind == 1 else _line(5.0 * size_px, float(rng.uniform(0, np.pi)))
        soft = cv2.filter2D(light, -1, kernel, borderType=cv2.BORDER_REFLECT101)
    return linear_to_srgb(soft)


def _disc(radius_px: float) -> Linear:
    """A filled circle with a soft rim, summing to 1: defocus."""
    reach = int(np.ceil(radius_px))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius_px + 0.5 - np.hypot(x, y), 0, 1)
    return (disc / disc.sum()).astype(np.float32)


def _line(length_px: float, angle_rad: float) -> Linear:
    """A straight stroke, summing to 1: camera shake."""
    reach = int(np.ceil(length_px / 2))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    along, across = x * np.cos(angle_rad) + y * np.sin(angle_rad), y * np.cos(angle_rad) - x * np.sin(angle_rad)
    stroke = np.clip(length_px / 2 + 0.5 - np.abs(along), 0, 1) * np.clip(1 - np.abs(across), 0, 1)
    return (stroke / stroke.sum()).astype(np.float32)
