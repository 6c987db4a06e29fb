"""Degradations of fine detail: noise, compression and blur."""

from __future__ import annotations

import cv2
import numpy as np

from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.image import Image
from training.degradations.camera import Linear, between, recompress, sensor_noise

MIN_MOSAIC_PX = 16
"""Shortest side of a photo that goes through a colour mosaic; smaller ones get noise interpolated by channel."""


def noisy(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Noise of a high ISO as a camera delivers it.

    Signal-dependent in linear light, amplified by the gains of white balance, mostly demosaiced, sometimes smoothed or
    sharpened by the camera, three times in four compressed afterwards.
    """
    light = srgb_to_linear(image)
    level = between(severity, 0.25, 1.0) ** 2
    shot = 0.012 * level * float(rng.uniform(0.5, 1.2))
    read = 0.016 * level * float(rng.uniform(0.5, 1.2))
    if min(image.shape[:2]) < MIN_MOSAIC_PX or rng.random() < 0.2:
        seen = sensor_noise(light, shot, read, rng, demosaic=bool(rng.random() < 0.5))
    else:
        seen = light + _camera_noise(light, shot, read, rng)
    photo = linear_to_srgb(seen)
    return recompress(photo, int(rng.integers(75, 97))) if rng.random() < 0.75 else photo


def jpeg_artifacts(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """JPEG at quality 40 down to 8; half the time a messenger has resized and compressed the photo before."""
    quality = int(np.clip(round(between(severity, 40, 8) + float(rng.normal(0, 1.5))), 5, 45))
    if min(image.shape[:2]) >= 32 and rng.random() < 0.5:
        # Either a copy that was smaller and is enlarged again, or a larger original that was reduced.
        scale = float(rng.uniform(0.7, 0.95) if rng.random() < 0.5 else rng.uniform(1.1, 1.6))
        first = int(np.clip(quality + float(rng.uniform(5, 25)), 5, 60))
        image = _resized_back(recompress(_resized(image, scale), first), image)
    return recompress(image, quality)


def blur(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Out of focus, shaken or soft, or two of these, in linear light; the radius grows with the photo."""
    # In pixels of a 1000 px photo; a screen shows about so many, and less than 1 px cannot be seen.
    return blurred(image, between(severity, 1.1, 5.0) * max(image.shape[:2]) / 1000, rng)


def blurred(image: Image, size_px: float, rng: np.random.Generator, *, in_light: bool = True) -> Image:
    """Return the photo blurred by a random kernel as wide as a Gaussian of about that deviation.

    Args:
        image: The photo.
        size_px: Width of the blur.
        rng: Random generator.
        in_light: Whether light is blurred, as by a lens; else codes, as by software that resizes or smoothes.
    """
    kind = int(rng.integers(4))
    samples = srgb_to_linear(image) if in_light else image.astype(np.float32)
    if kind < 3:
        samples = _convolve(samples, _kernel(kind, size_px, rng))
    else:
        # Variances of kernels add: each of two gets half of it.
        for each in rng.choice(3, 2, replace=False):
            samples = _convolve(samples, _kernel(int(each), size_px / 2**0.5, rng))
    return linear_to_srgb(samples) if in_light else np.rint(np.clip(samples, 0, 255)).astype(np.uint8)


def _camera_noise(light: Linear, shot: float, read: float, rng: np.random.Generator) -> Linear:
    """Noise that edge-aware demosaicing and the steps after it leave, float32 (H, W, 3) in linear light.

    It is the demosaiced noisy mosaic less the demosaiced clean one, so that errors of demosaicing itself, which no
    clean reference has, stay out of it.
    """
    height, width = light.shape[:2]
    gains = np.array([rng.uniform(1, 1.8), 1.0, rng.uniform(1, 1.8)], np.float32)
    y, x = np.ogrid[:height, :width]
    channel = (y % 2 + x % 2).astype(np.intp) + np.zeros((height, width), np.intp)
    mosaic = np.take_along_axis(light, channel[..., None], axis=2)[..., 0]
    gain = gains[channel]
    deviation = np.sqrt(shot * gain * np.maximum(mosaic, 0) + (read * gain) ** 2)
    grain = deviation * rng.standard_normal((height, width), np.float32)
    noise = _demosaic(mosaic + grain) - _demosaic(mosaic)
    finish = rng.random()
    if finish < 0.25:
        # Noise reduction of cameras takes colour first.
        luma = noise.mean(axis=2, keepdims=True)
        noise = luma + cv2.GaussianBlur(noise - luma, (0, 0), float(rng.uniform(0.8, 2.0)))
    elif finish < 0.5:
        noise += float(rng.uniform(0.2, 0.7)) * (noise - cv2.GaussianBlur(noise, (0, 0), 1.0))
    return noise


def _demosaic(mosaic: Linear) -> Linear:
    """Edge-aware demosaicing of an RGGB mosaic in linear light, float32 (H, W) -> (H, W, 3)."""
    # Sixteen bits for [-0.5, 1.5]: noise goes below black and above white.
    codes = np.clip((mosaic + 0.5) * (65535 / 2), 0, 65535).astype(np.uint16)
    return cv2.cvtColor(codes, cv2.COLOR_BayerRGGB2RGB_EA).astype(np.float32) * (2 / 65535) - np.float32(0.5)


def _resized(image: Image, scale: float) -> Image:
    size = round(image.shape[1] * scale), round(image.shape[0] * scale)
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)


def _resized_back(image: Image, like: Image) -> Image:
    height, width = like.shape[:2]
    interpolation = cv2.INTER_AREA if image.shape[0] > height else cv2.INTER_CUBIC
    return cv2.resize(image, (width, height), interpolation=interpolation)


def _convolve(light: Linear, kernel: Linear) -> Linear:
    return cv2.filter2D(light, -1, kernel, borderType=cv2.BORDER_REFLECT101)


def _kernel(kind: int, size_px: float, rng: np.random.Generator) -> Linear:
    """A kernel of one kind: soft lens (0), defocus (1) or shake (2), summing to 1."""
    if kind == 0:
        sigma_px = max(size_px, 0.3)
        line = cv2.getGaussianKernel(2 * int(np.ceil(4 * sigma_px)) + 1, sigma_px, cv2.CV_32F)
        return line @ line.T
    return _disc(1.9 * size_px) if kind == 1 else _line(5.0 * size_px, float(rng.uniform(0, np.pi)))


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
