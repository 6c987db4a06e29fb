"""Repairs of chroma are worked out at half size; this brings them to the full-size plane."""

from __future__ import annotations

import cv2

from imaging.image import Plane

_ZERO = 128
"""Code that stands for no detail, so that signed detail fits eight bits."""


def halve(plane: Plane) -> Plane:
    """Return the plane area-averaged to half its size, at least 1x1."""
    height, width = plane.shape
    return cv2.resize(plane, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA)


def enlarge(half: Plane, like: Plane) -> Plane:
    """Return a half-size plane at the size of `like`."""
    return cv2.resize(half, (like.shape[1], like.shape[0]), interpolation=cv2.INTER_LINEAR)


def with_repaired_half(plane: Plane, half: Plane, repaired: Plane, detail: float, amount: float) -> Plane:
    """Return a plane whose coarse part is replaced.

    Args:
        plane: uint8 (H, W).
        half: What `halve` makes of it.
        repaired: `half` without its damage.
        detail: Share in [0, 1] of the fine detail, `plane` less its coarse part, that is kept.
        amount: Share in [0, 1] of the whole change that is applied.

    Returns:
        uint8 (H, W): `repaired` enlarged, and `detail` of what half size cannot hold.
    """
    result = enlarge(repaired, plane)
    if detail > 0:
        fine = cv2.addWeighted(plane, detail, enlarge(half, plane), -detail, _ZERO)
        result = cv2.addWeighted(result, 1, fine, 1, -_ZERO)
    return result if amount >= 1 else cv2.addWeighted(result, amount, plane, 1 - amount, 0)
