"""Blur of the second family: shaking hands, apertures of blades, anisotropic softness and enlarged small photos."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.image import Image
from training.degradations.camera import Linear, between
from training.degradations.second.compression import as_jpeg

IN_LIGHT_SHARE = 0.6
"""Share of the blur that happens to light; the rest happens to codes, as in software."""

PATH_STEPS = 300
"""Steps of the path of a shaking hand; as many leave no gaps in kernels of up to 60 px."""


def blur(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Blur whose width grows with the photo, half the time saved as a JPEG afterwards."""
    size_px = max(0.3, between(severity, 1.1, 4.5)) * max(image.shape[:2]) / 1000
    soft = blurred(image, size_px, rng, in_light=bool(rng.random() < IN_LIGHT_SHARE))
    return as_jpeg(soft, int(rng.integers(75, 97)), rng) if rng.random() < 0.5 else soft


def blurred(image: Image, size_px: float, rng: np.random.Generator, *, in_light: bool = True) -> Image:
    """Return the photo blurred by a random kernel.

    Args:
        image: The photo.
        size_px: Root of the mean variance of the kernel along both axes.
        rng: Random generator.
        in_light: Whether light is blurred, as by a lens; else codes, as by software.
    """
    kind = int(rng.choice(4, p=(0.35, 0.3, 0.2, 0.15)))
    if kind == 3:
        return _enlarged(image, size_px, rng)
    samples = srgb_to_linear(image) if in_light else image.astype(np.float32)
    if kind == 1:
        corners, turn, rim = int(rng.integers(5, 10)), float(rng.uniform(0, np.pi)), float(rng.uniform(0.6, 1.5))
        # A lens brings colours to slightly different focus.
        spread = float(rng.uniform(0, 0.06))
        kernels = [aperture(size_px * (1 + spread * shift), corners, turn, rim) for shift in (-1, 0, 1)]
        samples = np.dstack([convolve(plane, k) for plane, k in zip(cv2.split(samples), kernels, strict=True)])
    else:
        kernel = shake(size_px, rng) if kind == 0 else ellipse(size_px, rng)
        samples = convolve(samples, kernel)
    return linear_to_srgb(samples) if in_light else np.rint(np.clip(samples, 0, 255)).astype(np.uint8)


def convolve(samples: Linear, kernel: Linear) -> Linear:
    """Return samples (H, W) or (H, W, 3) convolved with a kernel, reflected at the borders."""
    return cv2.filter2D(samples, -1, kernel, borderType=cv2.BORDER_REFLECT101)


def kernel_of(weight: Callable[[Linear, Linear], Linear], reach_px: float) -> Linear:
    """Return the kernel of a weight given at (x, y), summing to 1, sampled three times a pixel and averaged."""
    reach = max(1, int(np.ceil(reach_px)))
    side = 2 * reach + 1
    axis = np.linspace(-reach - 1 / 3, reach + 1 / 3, 3 * side).astype(np.float32)
    fine = weight(axis[None], axis[:, None]).astype(np.float32)
    kernel = cv2.resize(fine, (side, side), interpolation=cv2.INTER_AREA)
    return kernel / kernel.sum()


def shake(size_px: float, rng: np.random.Generator) -> Linear:
    """A path of a hand-held camera during the exposure, summing to 1.

    Random walk of a particle with inertia, pulled back to its start and pushed at times (Boracchi and Foi, "Modeling
    the performance of image restoration from motion blur", TIP 2012, with the constants of Kupyn et al.,
    "DeblurGAN", CVPR 2018).
    """
    anxiety = 0.1 * rng.random()
    jitter, pull, pushes = 10 * rng.random(), 0.7 * rng.random(), 0.2 * rng.random()
    step = 60 / PATH_STEPS
    heading = np.exp(2j * np.pi * rng.random()) * step
    place, places = 0j, []
    for turn, push, real, imaginary in zip(
        rng.random(PATH_STEPS), rng.random(PATH_STEPS), *rng.standard_normal((2, PATH_STEPS)), strict=True
    ):
        change = anxiety * (jitter * complex(real, imaginary) - pull * place) * step
        if push < pushes * anxiety:
            change += 2 * heading * np.exp(1j * (np.pi + turn - 0.5))
        heading = (heading + change) / max(abs(heading + change), 1e-9) * step
        place += heading
        places.append(place)
    path = np.array(places)
    path -= path.mean()
    path *= size_px / max(float(np.sqrt(np.mean(np.abs(path) ** 2) / 2)), 1e-6)
    reach = int(np.ceil(float(np.abs(path).max()))) + 2
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    rows, columns = path.imag + reach, path.real + reach
    top, left = np.floor(rows).astype(int), np.floor(columns).astype(int)
    for down in (0, 1):
        for right in (0, 1):
            share = np.abs(1 - down - (rows - top)) * np.abs(1 - right - (columns - left))
            np.add.at(kernel, (top + down, left + right), share.astype(np.float32))
    # No lens is sharper than this.
    kernel = cv2.GaussianBlur(kernel, (0, 0), 0.4)
    return kernel / kernel.sum()


def aperture(size_px: float, corners: int, turn_rad: float, rim: float) -> Linear:
    """A polygon of blades out of focus, its rim darker or brighter than its middle, summing to 1."""
    radius = 2.05 * size_px

    def weight(x: Linear, y: Linear) -> Linear:
        angle = (np.arctan2(y, x) + turn_rad) % (2 * np.pi / corners) - np.pi / corners
        # 1 on the rim of the polygon.
        distance = np.hypot(x, y) * np.cos(angle) / (radius * np.cos(np.pi / corners))
        inside = np.clip((1 - distance) * radius + 0.5, 0, 1)
        return inside * (1 + (rim - 1) * np.clip(distance, 0, 1) ** 4)

    return kernel_of(weight, radius + 1)


def ellipse(size_px: float, rng: np.random.Generator) -> Linear:
    """A Gaussian, up to three times as wide one way as the other, summing to 1."""
    ratio, angle = float(rng.uniform(0.33, 1)), float(rng.uniform(0, np.pi))
    wide = size_px * (2 / (1 + ratio**2)) ** 0.5
    narrow = max(ratio * wide, 0.2)

    def weight(x: Linear, y: Linear) -> Linear:
        along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        return np.exp(-0.5 * ((along / wide) ** 2 + (across / narrow) ** 2))

    return kernel_of(weight, 3.5 * wide)


def _enlarged(image: Image, size_px: float, rng: np.random.Generator) -> Image:
    """A photo that was reduced and enlarged again: by an area of three deviations, at most to 2 px."""
    height, width = image.shape[:2]
    small = tuple(max(min(2, side), round(side / max(1.2, 2.2 * size_px))) for side in (width, height))
    up = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)[int(rng.integers(3))]
    return cv2.resize(cv2.resize(image, small, interpolation=cv2.INTER_AREA), (width, height), interpolation=up)
