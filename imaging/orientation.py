"""Turns stored pixels upright."""

from __future__ import annotations

import cv2

from imaging.image import Image, Plane

SWAPS_SIDES = frozenset({5, 6, 7, 8})
"""EXIF orientations that exchange width and height (EXIF 2.32, tag 0x0112)."""


def displayed_size(width: int, height: int, orientation: int) -> tuple[int, int]:
    """Return (width, height) as displayed of a stored size, both in pixels."""
    return (height, width) if orientation in SWAPS_SIDES else (width, height)


def upright(pixels: Image | Plane, orientation: int) -> Image:
    """Return the pixels as they are to be displayed; the input itself for orientation 1.

    Args:
        pixels: uint8 (H, W, 3) or (H, W).
        orientation: EXIF orientation in 1..8.
    """
    match orientation:
        case 2:
            return cv2.flip(pixels, 1)
        case 3:
            return cv2.rotate(pixels, cv2.ROTATE_180)
        case 4:
            return cv2.flip(pixels, 0)
        case 5:
            return cv2.transpose(pixels)
        case 6:
            return cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE)
        case 7:
            return cv2.transpose(cv2.rotate(pixels, cv2.ROTATE_180))
        case 8:
            return cv2.rotate(pixels, cv2.ROTATE_90_COUNTERCLOCKWISE)
        case _:
            return pixels
