"""Blur, noise and compression of the third family, formulas of codes and of image editing more than of cameras."""

from __future__ import annotations

from io import BytesIO

import cv2
import numpy as np
import PIL.Image

from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.image import Image
from training.degradations.camera import Linear, between, recompress, smooth_field

PHOTOSHOP_TABLES = ("web_low", "web_medium", "low", "medium")
"""Pillow's presets with the tables and samplings of another maker, the coarsest first."""


def blur(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Turned about a far point, soft by an atmosphere, boxed by an editor, or more in one place than in another."""
    size_px = max(0.3, between(severity, 1.0, 4.5)) * max(image.shape[:2]) / 1000
    kind = int(rng.integers(4))
    if kind == 0:
        return linear_to_srgb(_convolved(srgb_to_linear(image), _arc(size_px, rng)))
    if kind == 1:
        return linear_to_srgb(_convolved(srgb_to_linear(image), _moffat(size_px)))
    if kind == 2:
        # A box of side n has the variance (n^2 - 1) / 12.
        side = max(2, round((12 * size_px**2 / 2 + 1) ** 0.5))
        return cv2.blur(cv2.blur(image, (side, side)), (side, side))
    near, far = (cv2.GaussianBlur(image, (0, 0), share * size_px).astype(np.float32) for share in (0.5, 1.3))
    height, width = image.shape[:2]
    depth = smooth_field(height, width, rng)[..., None]
    return np.rint(near + depth * (far - near)).astype(np.uint8)


def noisy(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Counted photons of codes, grain of film, or noise that grows with brightness, after a median or a JPEG."""
    kind = int(rng.integers(3))
    codes = image.astype(np.float32)
    level = max(0.5, between(severity, 4, 24)) * float(rng.uniform(0.8, 1.2))
    height, width = image.shape[:2]
    if kind == 0:
        # At mid grey the deviation is `level`.
        per_code = 128 / level**2
        seen = rng.poisson(codes * per_code).astype(np.float32) / np.float32(per_code)
    elif kind == 1:
        grain = sum(
            weight * cv2.resize(_white(max(1, round(height / size)), max(1, round(width / size)), rng), (width, height))
            for weight, size in ((0.8, 1.0), (0.6, 1.7), (0.4, 3.0))
        )
        luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
        seen = codes + (level * (0.4 + 2.4 * luma / 255 * (1 - luma / 255)))[..., None] * grain[..., :1]
        seen = seen + level * 0.3 * _white(height, width, rng)
    else:
        deviation = level * np.sqrt(0.3 + codes / 180)
        rows = rng.standard_normal((height, 1, 1), np.float32) * np.float32(level * 0.08)
        seen = codes + deviation * _white(height, width, rng) + rows
    photo = np.rint(np.clip(seen, 0, 255)).astype(np.uint8)
    finish = rng.random()
    if finish < 0.2:
        planes = list(cv2.split(cv2.cvtColor(photo, cv2.COLOR_RGB2YCrCb)))
        planes[1:] = [cv2.medianBlur(plane, 5) for plane in planes[1:]]
        return cv2.cvtColor(cv2.merge(planes), cv2.COLOR_YCrCb2RGB)
    return recompress(photo, int(rng.integers(70, 96))) if finish < 0.7 else photo


def jpeg_artifacts(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Saved once or several times, each time cropped by some pixels, with tables of another maker or the standard's."""
    quality = int(np.clip(round(between(severity, 38, 8) + float(rng.normal(0, 2))), 4, 45))
    if rng.random() < 0.3:
        tables = PHOTOSHOP_TABLES[int(np.clip(rng.normal(between(severity, 3, 0), 0.6), 0, 3))]
        file = BytesIO()
        PIL.Image.fromarray(image).save(file, "JPEG", quality=tables)
        with PIL.Image.open(file) as photo:
            return recompress(np.array(photo.convert("RGB")), max(quality, 30))
    for _ in range(int(rng.integers(0, 4))):
        down, right = (int(n) for n in rng.integers(0, 8, 2))
        shifted = cv2.copyMakeBorder(image, down, 0, right, 0, cv2.BORDER_REFLECT)
        image = recompress(shifted, quality + int(rng.integers(5, 40)))[down:, right:]
    return recompress(image, quality)


def _white(height: int, width: int, rng: np.random.Generator) -> Linear:
    return rng.standard_normal((height, width, 3), np.float32)


def _convolved(samples: Linear, kernel: Linear) -> Linear:
    return cv2.filter2D(samples, -1, kernel, borderType=cv2.BORDER_REFLECT101)


def _arc(size_px: float, rng: np.random.Generator) -> Linear:
    """A stroke along an arc, slower towards its end, summing to 1."""
    turn = float(rng.uniform(0.3, 2.0)) * float(rng.choice((-1, 1)))
    along = np.linspace(0, 1, 200) ** float(rng.uniform(1, 1.6))
    path = np.exp(2j * np.pi * rng.random()) * (np.exp(1j * turn * along) - 1) / (1j * turn)
    path -= path.mean()
    path *= size_px / np.sqrt(np.mean(np.abs(path) ** 2) / 2)
    reach = int(np.ceil(float(np.abs(path).max()))) + 2
    edges = np.arange(-reach, reach + 2) - 0.5
    kernel = np.histogram2d(path.imag, path.real, (edges, edges))[0].astype(np.float32)
    kernel = cv2.GaussianBlur(kernel, (0, 0), 0.5)
    return kernel / kernel.sum()


def _moffat(size_px: float) -> Linear:
    """The profile of seeing through air, with wide skirts (Moffat, A&A 1969), summing to 1."""
    reach = int(np.ceil(6 * size_px)) + 1
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    kernel = ((1 + (x**2 + y**2) / (1.6 * size_px) ** 2) ** -2.5).astype(np.float32)
    return kernel / kernel.sum()
