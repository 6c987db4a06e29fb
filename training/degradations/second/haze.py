"""Haze from depth, in codes as published sets are made and in linear light, with airlight of any colour."""

from __future__ import annotations

import numpy as np

from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.image import Image
from training.degradations.camera import Linear, between, smooth_field
from training.degradations.depth import plausible_depth

IN_CODES_SHARE = 0.6
"""Share that is made on codes, as RESIDE (Li et al., TIP 2019) and most sets of hazy photos are."""


def hazy(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """A veil `I = J t + A (1 - t)` with `t = exp(-beta depth)`; its mean transmission falls from 0.9 to 0.3.

    Airlight is between 0.6 and 1 of white, grey, bluish or as yellow as smog, and one time in three uneven. One veil in
    six is a dirty lens: the same everywhere but for smears.
    """
    height, width = image.shape[:2]
    if rng.random() < 1 / 6:
        depth = (0.8 + 0.4 * smooth_field(height, width, rng)).astype(np.float32)
    else:
        depth = plausible_depth(image, rng)
    transmission = transmission_of(depth, between(severity, 0.9, 0.3))
    airlight = np.float32(rng.uniform(0.6, 1.0)) * airlight_colour(rng)
    uneven = 0.85 + 0.3 * smooth_field(height, width, rng)[..., None] if rng.random() < 1 / 3 else np.float32(1)
    if rng.random() < IN_CODES_SHARE:
        veiled = image * transmission + 255 * np.minimum(airlight * uneven, 1) * (1 - transmission)
        return np.rint(np.clip(veiled, 0, 255)).astype(np.uint8)
    veil = np.minimum(airlight**2.2 * uneven, 1) * (1 - transmission)
    return linear_to_srgb((srgb_to_linear(image) * transmission + veil).astype(np.float32))


def transmission_of(depth: Linear, mean: float) -> Linear:
    """Return `exp(-beta depth)` with a mean of about `mean` in [0.05, 1), float32 (H, W, 1)."""
    low, high = 0.0, 20.0
    sample = depth[::8, ::8]
    for _ in range(16):
        beta = (low + high) / 2
        low, high = (beta, high) if float(np.exp(-beta * sample).mean()) > mean else (low, beta)
    return np.exp(np.float32(-low) * depth)[..., None]


def airlight_colour(rng: np.random.Generator) -> Linear:
    """Draw the colour of airlight, codes against its brightest, float32 (3,)."""
    kind = float(rng.random())
    tint = (0.0, 0.0) if kind < 0.6 else (-0.12, 0.0) if kind < 0.8 else (0.0, -0.2)
    strength = float(rng.uniform(0.3, 1))
    colour = np.array([1 + strength * tint[0], 1.0, 1 + strength * tint[1]]) + rng.normal(0, 0.01, 3)
    return (colour / colour.max()).astype(np.float32)
