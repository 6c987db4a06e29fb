"""Depth that a photo may have: haze follows it, and no photo to train on has a measured one.

Planes of a room or of the ground give its course; each region of similar colour stands a little nearer or further, so
that depth changes where the photo does.
"""

from __future__ import annotations

import cv2
import numpy as np

from imaging.image import Image
from training.degradations.camera import Linear, smooth_field

REGIONS = 10
"""Clusters of colour and place that a photo is cut into."""
_SMALL_PX = (64, 48)
_GUIDED_PX = 256
"""Long side of the copy on which depth is drawn to the edges of the photo."""


def plausible_depth(image: Image, rng: np.random.Generator) -> Linear:
    """Return relative depth with a mean of 1, float32 (H, W).

    One time in two a room (the nearest of floor, ceiling and walls about a vanishing point), else ground below a
    horizon, with what stands on it.

    Args:
        image: uint8 RGB (H, W, 3).
        rng: Random generator.
    """
    height, width = image.shape[:2]
    scale = min(1.0, _GUIDED_PX / max(height, width))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    x = np.linspace(-1, 1, size[0], dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, size[1], dtype=np.float32)[:, None]
    if rng.random() < 0.5:
        centre_x, centre_y = rng.uniform(-0.6, 0.6), rng.uniform(-0.4, 0.4)
        reach = np.maximum(np.abs(x - centre_x), np.abs(y - centre_y) * rng.uniform(0.8, 1.6))
        depth = 1 / np.maximum(reach, rng.uniform(0.25, 0.6))
    else:
        horizon, far = rng.uniform(-0.7, 0.3), rng.uniform(2, 6)
        depth = np.minimum(1 / np.maximum(y - horizon, 1 / far), far) + 0 * x
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    depth = depth * _regions(small, rng) * (0.8 + 0.4 * smooth_field(size[1], size[0], rng, 4))
    guide = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    depth = np.maximum(_along_edges(guide, depth.astype(np.float32)), 0.02)
    depth = cv2.resize(depth, (width, height), interpolation=cv2.INTER_LINEAR)
    return (depth / depth.mean()).astype(np.float32)


def _regions(image: Image, rng: np.random.Generator) -> Linear:
    """Return a factor for each region, float32 (H, W)."""
    tiny = cv2.resize(image, _SMALL_PX, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(tiny, cv2.COLOR_RGB2LAB).astype(np.float32).reshape(-1, 3)
    rows, columns = np.mgrid[: _SMALL_PX[1], : _SMALL_PX[0]]
    places = np.stack([rows, columns], axis=-1).reshape(-1, 2).astype(np.float32) * np.float32(rng.uniform(0.5, 2))
    cv2.setRNGSeed(int(rng.integers(1 << 30)))
    criteria = (cv2.TERM_CRITERIA_MAX_ITER, 6, 0.0)
    samples = np.concatenate([lab, places], axis=1)
    _, labels, _ = cv2.kmeans(samples, REGIONS, None, criteria, 1, cv2.KMEANS_RANDOM_CENTERS)
    factors = np.exp(rng.normal(0, rng.uniform(0.1, 0.5), REGIONS)).astype(np.float32)
    regions = factors[labels.reshape(_SMALL_PX[1], _SMALL_PX[0])]
    return cv2.resize(regions, image.shape[1::-1], interpolation=cv2.INTER_NEAREST)


def _along_edges(guide: Linear, plane: Linear, radius: int = 8, epsilon: float = 1e-3) -> Linear:
    """Return a plane smoothed along the edges of a guide (He et al., "Guided image filtering", TPAMI 2013)."""
    size = (2 * radius + 1, 2 * radius + 1)
    guide_mean, plane_mean = cv2.blur(guide, size), cv2.blur(plane, size)
    slope = cv2.blur(guide * plane, size) - guide_mean * plane_mean
    slope /= cv2.blur(guide * guide, size) - guide_mean**2 + epsilon
    return cv2.blur(slope, size) * guide + cv2.blur(plane_mean - slope * guide_mean, size)
