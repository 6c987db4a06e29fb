"""Degradations of geometry."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.image import Image
from training.degradations.camera import between

CONVERGENCE = 0.08
"""Standard deviation of the keystone's convergence, in inverse long sides of the photo: a phone with a lens of 26 mm
(35 mm equivalent) that is pitched by 3.3 degrees."""

MAX_CONVERGENCE = 0.25


def rotation(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Tilted by 1.5 to 10 degrees either way, cropped so that no corner is empty.

    Half the time the camera was pitched, too, so that verticals converge: about an axis that is tilted.
    """
    angle_deg = float(rng.choice([-1, 1])) * between(severity, 1.5, 10.0)
    return tilt(image, angle_deg, keystone(rng))


def keystone(rng: np.random.Generator) -> float:
    """Draw the convergence of a photo's verticals: 0 half the time."""
    if rng.random() < 0.5:
        return 0.0
    return float(np.clip(rng.normal(0, CONVERGENCE), -MAX_CONVERGENCE, MAX_CONVERGENCE))


def tilt(image: Image, angle_deg: float, convergence: float = 0.0) -> Image:
    """Return the photo with its scene leaning counter-clockwise by `angle_deg` (the sign of `Report.angle_deg`).

    Args:
        image: uint8 (H, W, 3), upright.
        angle_deg: In (-90, 90).
        convergence: Inverse height of the point where verticals meet, in long sides of the photo; positive is a camera
            looking up. Before the tilt, so that turning the result back leaves it symmetric.

    Returns:
        The largest upright rectangle of the same proportions, about the same centre, inside the turned photo.
    """
    height, width = image.shape[:2]
    if convergence:
        return _warp(image, angle_deg, convergence)
    sine, cosine = abs(np.sin(np.radians(angle_deg))), np.cos(np.radians(angle_deg))
    scale = min(width / (width * cosine + height * sine), height / (width * sine + height * cosine))
    size = (max(1, int(width * scale)), max(1, int(height * scale)))
    # BORDER_REPLICATE: OpenCV 5's warpAffine never returns with BORDER_REFLECT101 on a photo one pixel wide.
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle_deg, 1.0)
    matrix[:, 2] -= (width - size[0]) / 2, (height - size[1]) / 2
    return cv2.warpAffine(image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def _warp(image: Image, angle_deg: float, convergence: float) -> Image:
    """Keystone and tilt in one step."""
    height, width = image.shape[:2]
    keystoned = np.eye(3)
    keystoned[2, 1] = -convergence / max(height, width)
    turned = np.eye(3)
    turned[:2, :2] = cv2.getRotationMatrix2D((0, 0), angle_deg, 1.0)[:, :2]
    matrix: NDArray[np.float64] = turned @ keystoned
    back = np.linalg.inv(matrix)
    reach = np.array([width - 1, height - 1]) / 2
    corners = reach[:, None] * np.array([[-1, 1, -1, 1], [-1, -1, 1, 1]])

    def fits(scale: float) -> bool:
        seen = back @ np.vstack([corners * scale, np.ones(4)])
        return bool((seen[2] > 0).all() and (np.abs(seen[:2] / seen[2]) <= reach[:, None] + 0.5).all())

    low, high = 0.0, 2.0
    for _ in range(14):
        middle = (low + high) / 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    size = (max(1, int(width * low)), max(1, int(height * low)))
    centre, corner = np.eye(3), np.eye(3)
    centre[:2, 2], corner[:2, 2] = -reach, [(size[0] - 1) / 2, (size[1] - 1) / 2]
    whole = corner @ matrix @ centre
    return cv2.warpPerspective(image, whole, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
