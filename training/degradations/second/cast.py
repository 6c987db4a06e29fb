"""Wrong white balance in a camera's own colours, along the locus of real lamps, and by formulas on codes."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from enhancers.adjust_tone import planckian_rgb
from imaging.color import linear_to_srgb, luminance, srgb_to_linear
from imaging.image import Image
from training.degradations.camera import Linear, between, smooth_field
from training.degradations.curves import random_curve

CAMERA_TO_SRGB: NDArray[np.float32] = np.array([[1.75, -0.6, -0.15], [-0.2, 1.5, -0.3], [0.0, -0.45, 1.45]], np.float32)
"""A sensor's white balanced colours to linear sRGB: rows add up to 1, off-diagonals as negative as raw converters'
matrices of many cameras have them; each draw perturbs them."""


def poor_white_balance(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """A cast of a lamp, of a wrong setting or of a style.

    A third is made in the sensor's colours before its matrix and a tone curve, as cameras do (Afifi et al., "When Color
    Constancy Goes Wrong", CVPR 2019), a third in linear light along the Planckian locus with a tint, one in four under
    two lights with edges between them, and a third by gains, powers or offsets of codes.
    """
    kind = int(rng.integers(3))
    gains = _lamp(severity, rng)
    if kind == 0:
        curve = random_curve(rng)
        matrix = _perturbed(rng)
        raw = cv2.transform(curve.scene(image), np.linalg.inv(matrix).astype(np.float32))
        light = cv2.transform((raw * _field(image, gains, rng)).astype(np.float32), matrix)
        return curve.develop(np.maximum(light * _kept(curve.scene(image), light), 0))
    if kind == 1:
        light = srgb_to_linear(image)
        cast = (light * _field(image, gains, rng)).astype(np.float32)
        return linear_to_srgb(cast * _kept(light, cast))
    codes = image.astype(np.float32) / 255
    how = int(rng.integers(3))
    if how == 0:
        codes = codes * gains ** np.float32(1 / 2.2)
    elif how == 1:
        codes = codes ** (gains ** np.float32(-0.8))
    else:
        codes = codes + np.float32(0.25) * (gains - gains.mean()) * (1 - codes) * (0.3 + codes)
    return np.rint(255 * np.clip(codes, 0, 1)).astype(np.uint8)


def _lamp(severity: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw the gains of a light against the one that the camera was set to, green 1, float32 (3,)."""
    reach = between(severity, 25, 170)  # mireds: 6500 K to 5600 K, and to 3090 K
    warm = rng.random() < 0.62
    mireds = 1e6 / 6504 + (reach if warm else -min(reach * 0.6, 105))
    gains = planckian_rgb(mireds) / planckian_rgb(1e6 / 6504)
    tint = float(rng.normal(0, 0.10 if rng.random() < 0.7 else 0.25)) * between(severity, 0.3, 1)
    gains = gains / gains[1] * np.exp(np.array([0.0, tint, 0.0]))
    return (gains / gains[1]).astype(np.float32)


def _field(image: Image, gains: NDArray[np.float32], rng: np.random.Generator) -> Linear:
    """Return the gains at each pixel, float32 (H, W, 3): one in four photos stands under two lights."""
    height, width = image.shape[:2]
    if rng.random() < 0.75:
        return np.full((height, width, 3), gains, np.float32)
    luma = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255, (0, 0), width / 60 + 1)
    mix = np.clip(smooth_field(height, width, rng) + np.float32(rng.uniform(-1, 1)) * (luma - luma.mean()), 0, 1)
    other = gains ** np.float32(rng.uniform(-0.3, 0.4))
    return (gains * mix[..., None] + other * (1 - mix[..., None])).astype(np.float32)


def _perturbed(rng: np.random.Generator) -> NDArray[np.float32]:
    share = float(rng.uniform(0.3, 1))
    matrix = share * CAMERA_TO_SRGB + (1 - share) * np.eye(3) + rng.normal(0, 0.05, (3, 3))
    return (matrix / matrix.sum(axis=1, keepdims=True)).astype(np.float32)


def _kept(before: Linear, after: Linear) -> np.float32:
    """Return the gain that gives the mean luminance back, as automatic exposure does."""
    was, now = (float(luminance(np.ascontiguousarray(each)).mean()) for each in (before, after))
    return np.float32(min(was / max(now, 1e-6), 1.5))
