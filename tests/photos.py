"""Clean photos that tests run on: those scikit-image ships in its wheel, and rendered rooms. Nothing is downloaded."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import skimage.data
from numpy.typing import NDArray

from imaging.color import linear_to_srgb
from imaging.image import Image

SHIPPED = ("astronaut", "chelsea", "coffee", "rocket")
"""Colour photos inside scikit-image's wheel."""


@cache
def shipped(name: str, max_side: int = 512) -> Image:
    """Return a photo of `SHIPPED`, read-only, area-averaged to a long side of at most `max_side`."""
    photo: Image = getattr(skimage.data, name)()[..., :3]
    scale = max_side / max(photo.shape[:2])
    if scale < 1:
        size = (round(photo.shape[1] * scale), round(photo.shape[0] * scale))
        photo = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    return _frozen(photo)


@cache
def room(seed: int = 0, width: int = 480, height: int = 360) -> Image:
    """Return a rendered living room, read-only: walls, floor boards, a window, a picture, a lamp, upright and sharp.

    Rendered at three times the size in linear light and averaged down, as a lens does. The light falls off from the
    window; walls are grey or lightly tinted; verticals are vertical within a mild symmetric convergence.
    """
    rng = np.random.default_rng(seed)
    scale = 3
    w, h = width * scale, height * scale
    back_left, back_right = int(w * rng.uniform(0.18, 0.26)), int(w * rng.uniform(0.76, 0.84))
    back_top, back_bottom = int(h * rng.uniform(0.12, 0.2)), int(h * rng.uniform(0.68, 0.76))
    wall = rng.uniform(0.45, 0.6) * (1 + rng.normal(0, 0.015, 3))
    scene = np.empty((h, w, 3), np.float32)
    scene[:] = wall * 0.85

    def polygon(points: list[tuple[float, float]], colour: NDArray[np.float64] | float) -> None:
        corners = np.array(points, np.float64).round().astype(np.int32)
        rgb = np.broadcast_to(np.asarray(colour, np.float64), 3)
        cv2.fillPoly(scene, [corners], tuple(float(c) for c in rgb))

    polygon([(0, 0), (w, 0), (back_right, back_top), (back_left, back_top)], 0.75)
    wood = np.array([0.32, 0.19, 0.1]) * rng.uniform(0.8, 1.2)
    boards = 14
    polygon([(-w, h), (back_left, back_bottom), (back_right, back_bottom), (2 * w, h)], wood * 0.5)
    for i in range(boards):
        shade = wood * rng.uniform(0.75, 1.2)
        near = [(w * (1.6 * (i + k) / boards - 0.3), h) for k in (0, 0.94)]
        far = [(back_left + (back_right - back_left) * (i + k) / boards, back_bottom) for k in (0.94, 0)]
        polygon([*near, *far], shade)
    polygon([(0, 0), (back_left, back_top), (back_left, back_bottom), (0, h * 0.97)], wall * 0.7)
    polygon([(w, 0), (back_right, back_top), (back_right, back_bottom), (w, h * 0.97)], wall * 1.05)
    polygon([(back_left, back_top), (back_right, back_top), (back_right, back_bottom), (back_left, back_bottom)], wall)

    def on_back(x: float, y: float) -> tuple[float, float]:
        return back_left + (back_right - back_left) * x, back_top + (back_bottom - back_top) * y

    def frame(x0: float, y0: float, x1: float, y1: float, colour: NDArray[np.float64] | float) -> None:
        polygon([on_back(x0, y0), on_back(x1, y0), on_back(x1, y1), on_back(x0, y1)], colour)

    left = float(rng.uniform(0.05, 0.15))
    frame(left, 0.12, left + 0.34, 0.75, 0.8)
    for pane in range(2):
        x0 = left + 0.02 + pane * 0.16
        frame(x0, 0.15, x0 + 0.14, 0.45, np.array([0.6, 0.75, 0.95]))
        frame(x0, 0.45, x0 + 0.14, 0.72, np.array([0.2, 0.33, 0.12]))
    frame(0.58, 0.2, 0.86, 0.55, 0.03)
    frame(0.6, 0.23, 0.84, 0.52, rng.uniform(0.1, 0.8, 3))
    frame(0.66, 0.3, 0.76, 0.46, rng.uniform(0.1, 0.8, 3))
    sofa = rng.uniform(0.04, 0.35, 3)
    frame(0.5, 0.72, 0.98, 0.92, sofa)
    frame(0.47, 0.86, 1.01, 1.08, sofa * 0.6)
    polygon([(w * 0.05, h * 0.45), (w * 0.16, h * 0.45), (w * 0.16, h * 0.9), (w * 0.05, h * 0.95)], wood * 0.5)
    polygon([(w * 0.07, h * 0.5), (w * 0.14, h * 0.5), (w * 0.14, h * 0.65), (w * 0.07, h * 0.66)], wood * 1.6)
    carpet = [(w * 0.3, h * 0.8), (w * 0.72, h * 0.8), (w * 0.8, h * 0.96), (w * 0.22, h * 0.96)]
    polygon(carpet, rng.uniform(0.05, 0.5, 3))

    y, x = np.mgrid[:h, :w].astype(np.float32)
    distance = np.hypot((x - on_back(left + 0.17, 0)[0]) / w, (y - h * 0.4) / h)
    light = 1.15 / (1 + 1.6 * distance**2)
    # Texture of several pixels a grain, so that nobody takes it for sensor noise.
    plaster = cv2.resize(rng.normal(1, 0.03, (height // 3, width // 3)).astype(np.float32), (w, h))
    scene *= (light * plaster)[..., None]
    reduced = cv2.resize(scene, (width, height), interpolation=cv2.INTER_AREA)
    return _frozen(linear_to_srgb(reduced))


ODD_PHOTOS: tuple[Image, ...] = (
    np.zeros((1, 1, 3), np.uint8),
    np.full((2, 9, 3), 255, np.uint8),
    np.random.default_rng(0).integers(0, 256, (33, 17, 3), dtype=np.uint8),
)
"""Of one colour, tiny, or noise alone."""


def clean_photos() -> list[Image]:
    """Return a handful of clean photos, shipped and rendered, at most 512 px long."""
    return [shipped(name) for name in SHIPPED] + [room(seed) for seed in range(3)]


def rooms(count: int = 3) -> list[Image]:
    """Return rendered rooms that differ in layout and colour: upright, sharp, neutral, well exposed."""
    return [room(seed) for seed in range(count)]


def grey(image: Image) -> Image:
    """Return a grey photo (R = G = B), read-only."""
    return _frozen(cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB))


def enlarged(image: Image, width: int, height: int) -> Image:
    """Return a photo of another size, read-only, for tests of large sizes."""
    return _frozen(cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC))


def _frozen(image: Image) -> Image:
    frozen = np.ascontiguousarray(image)
    frozen.flags.writeable = False
    return frozen
