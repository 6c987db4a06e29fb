"""What several degradations share: random fields, a camera's curve and its noise."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.image import Image

Degradation = Callable[[Image, float, np.random.Generator], Image]
"""(clean photo, severity in [0, 1], random generator) -> degraded photo, a new array."""

Linear = NDArray[np.float32]
"""Linear light."""


def between(severity: float, low: float, high: float) -> float:
    """Interpolate a parameter between its values at severity 0 and 1."""
    return low + (high - low) * severity


def smooth_field(height: int, width: int, rng: np.random.Generator, cells: int = 3) -> Linear:
    """Return a smooth random field, float32 (H, W), from exactly 0 to exactly 1 (constant 0.5 on a 1x1 photo)."""
    coarse = rng.random((cells, cells), np.float32)
    low, high = float(coarse.min()), float(coarse.max())
    field = cv2.resize((coarse - low) / (high - low), (width, height), interpolation=cv2.INTER_CUBIC)
    low, high = float(field.min()), float(field.max())
    return (field - low) / (high - low) if high > low else np.full_like(field, 0.5)


def tone_curve(linear: Linear, shoulder: float) -> Linear:
    """Roll the highlights off as cameras do: linear below `shoulder`, exponential approach to 1 above.

    Args:
        linear: Linear light >= 0, any shape.
        shoulder: In (0, 1]; 1 clips hard.
    """
    if shoulder >= 1:
        return np.minimum(linear, 1)
    rolled = 1 - (1 - shoulder) * np.exp(-np.maximum(linear - shoulder, 0) / (1 - shoulder))
    return np.where(linear <= shoulder, linear, rolled).astype(np.float32)


def sensor_noise(linear: Linear, shot: float, read: float, rng: np.random.Generator, demosaic: bool = True) -> Linear:
    """Add signal-dependent noise, correlated as demosaicing leaves it.

    Poisson-Gaussian model (Foi et al., "Practical Poissonian-Gaussian noise modeling and fitting", TIP 2008) with
    variance `shot * x + read^2`. A sensor has one colour per pixel; interpolation of the missing ones correlates the
    noise of neighbours, red and blue (a quarter of the sites) more than green (half of them). Here each channel's
    noise is drawn at its sites and interpolated bilinearly, which keeps its variance structure without a full demosaic.

    Args:
        linear: Linear light, float32 (H, W, 3).
        shot: Variance per unit of light.
        read: Standard deviation at black.
        rng: Random generator.
        demosaic: Whether the noise is correlated; white otherwise.
    """
    height, width = linear.shape[:2]
    white = rng.standard_normal(linear.shape, np.float32)
    if demosaic:
        y, x = np.ogrid[:height, :width]
        red, blue = (y % 2 == 0) & (x % 2 == 0), (y % 2 == 1) & (x % 2 == 1)
        cross = np.array([[0, 1, 0], [1, 4, 1], [0, 1, 0]], np.float32) / 4
        full = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]], np.float32) / 4
        for channel, (sites, kernel) in enumerate(((red, full), (~(red | blue), cross), (blue, full))):
            sampled = white[..., channel] * sites
            white[..., channel] = cv2.filter2D(sampled, -1, kernel, borderType=cv2.BORDER_REFLECT101)
    deviation = np.sqrt(shot * np.maximum(linear, 0) + read * read)
    return (linear + deviation * white).astype(np.float32)


def recompress(image: Image, quality: int) -> Image:
    """Return the photo after JPEG at that quality (IJG scale)."""
    _, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB)
    assert decoded is not None, "a JPEG just encoded can be decoded"
    return decoded
