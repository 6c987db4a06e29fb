"""ICC profiles: which are kept beside the pixels, which are applied to them.

Working pixels stay in the photo's own RGB space and the profile is attached to the result, so Display P3 keeps its
gamut at no cost. That needs a space in which R=G=B is grey and curves act alike: matrix/curve RGB profiles. Everything
else (CMYK, grey, RGB by lookup tables) is converted to sRGB when it is decoded. Profiles are read by Little CMS; a
broken one is dropped, as a photo is better shown in slightly wrong colours than refused.
"""

from __future__ import annotations

from enum import Enum, auto
from functools import lru_cache
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageCms

from imaging.image import Image

MAX_ICC_BYTES = 4_000_000
"""The largest profiles in use, CMYK press profiles, have 0.5 to 2.5 MB."""

_PIXEL_CLASSES = {"mntr", "scnr", "prtr", "spac"}
"""Profile classes that describe pixels (ICC.1:2022, table 18); links and named colours do not."""

_COLOUR_SPACES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""Pillow's mode for each data colour space of a profile (ICC.1:2022, table 19)."""


class Treatment(Enum):
    """What becomes of a profile."""

    ATTACH = auto()
    CONVERT = auto()
    DROP = auto()


@lru_cache(maxsize=64)
def treatment(icc: bytes, mode: str) -> Treatment:
    """Return what to do with a profile found in a file whose pixels Pillow would call `mode` ("RGB", "L" or "CMYK")."""
    if len(icc) > MAX_ICC_BYTES:
        return Treatment.DROP
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(icc)).profile
        space = _COLOUR_SPACES.get(profile.xcolor_space)
        if profile.device_class not in _PIXEL_CLASSES or space is None:
            return Treatment.DROP
        # A greyscale file may carry an RGB profile: its pixels are R=G=B in that space.
        if space == "RGB" and mode in ("RGB", "L") and profile.is_matrix_shaper:
            to_srgb(np.zeros((1, 1, 3), np.uint8), icc)
            return Treatment.ATTACH
        if space == mode:
            to_srgb(np.zeros((1, 1) if mode == "L" else (1, 1, len(mode)), np.uint8), icc)
            return Treatment.CONVERT
    except Exception:  # Little CMS and its binding fail in many ways on a broken profile; all mean the same.
        return Treatment.DROP
    return Treatment.DROP


def to_srgb(pixels: NDArray[np.uint8], icc: bytes) -> Image:
    """Convert pixels from a profile's space to sRGB, relative colorimetric with black point compensation.

    Args:
        pixels: uint8 RGB (H, W, 3), grey (H, W) or CMYK (H, W, 4; 0 is no ink).
        icc: A profile of the matching colour space.

    Raises:
        ImageCms.PyCMSError: The profile does not fit.
    """
    converted = ImageCms.profileToProfile(
        _pillow_image(pixels),
        ImageCms.ImageCmsProfile(BytesIO(icc)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert converted is not None
    return np.asarray(converted)


@lru_cache(maxsize=64)
def is_srgb(icc: bytes) -> bool:
    """Whether an RGB profile's space is sRGB to within one 8-bit code, judged on a grid of colours."""
    codes = np.arange(0, 256, 51, dtype=np.uint8)
    grid = np.stack(np.meshgrid(codes, codes, codes), axis=-1).reshape(1, -1, 3)
    return int(np.abs(to_srgb(grid, icc).astype(np.int16) - grid).max()) <= 1


def working_pixels(pixels: NDArray[np.uint8], icc: bytes | None) -> tuple[Image, bytes | None]:
    """Return RGB pixels to work on, and the profile of their space (None: sRGB).

    Args:
        pixels: uint8 RGB (H, W, 3), grey (H, W) or CMYK (H, W, 4; 0 is no ink).
        icc: The file's profile, untrusted.

    Returns:
        uint8 RGB (H, W, 3) and the profile to attach.
    """
    fate = Treatment.DROP if icc is None else treatment(icc, _mode(pixels))
    if icc is not None and fate is Treatment.CONVERT:
        return to_srgb(pixels, icc), None
    return _plain_rgb(pixels), icc if fate is Treatment.ATTACH else None


def _plain_rgb(pixels: NDArray[np.uint8]) -> Image:
    """RGB of pixels that have no usable profile."""
    if pixels.ndim == 2:
        return cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB)
    if pixels.shape[2] == 4:
        return np.asarray(_pillow_image(pixels).convert("RGB"))
    return pixels


def _mode(pixels: NDArray[np.uint8]) -> str:
    return "L" if pixels.ndim == 2 else {3: "RGB", 4: "CMYK"}[pixels.shape[2]]


def _pillow_image(pixels: NDArray[np.uint8]) -> PillowImage.Image:
    mode, (height, width) = _mode(pixels), pixels.shape[:2]
    return PillowImage.frombuffer(mode, (width, height), np.ascontiguousarray(pixels), "raw", mode, 0, 1)
