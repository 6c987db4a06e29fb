"""The photo that load and throughput are measured with: a dark interior, made from one that scikit-image ships."""

from __future__ import annotations

import cv2
import numpy as np
import skimage.data

from imaging.codec import EncodeOptions, Photo, encode
from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.formats import ImageFormat
from imaging.metadata import Metadata

SIZES: dict[str, tuple[int, int]] = {"0.3 MP": (640, 480), "2 MP": (1600, 1200), "12 MP": (4000, 3000)}
"""Width and height in pixels of the sizes that the speed of the service is stated for."""

UNDEREXPOSURE = 0.12
"""Share of the light that is left: three stops too few, a lamp-lit room taken in automatic mode."""

NOISE_SIGMA = 1.5
"""Standard deviation of the noise in eight-bit codes. An enlarged photo is smoother than one from a sensor; with so
much noise the files are as large as phones make them of a dark room at quality 90: 64, 250 and 1050 kB."""

QUALITY = 90


def dark_jpeg(width: int, height: int) -> bytes:
    """Return an under-exposed photo of a garage as a JPEG file; the same bytes at every call.

    Args:
        width: Pixels.
        height: Pixels.
    """
    photo = skimage.data.stereo_motorcycle()[0]
    scale = min(photo.shape[1] / width, photo.shape[0] / height)
    cut_width, cut_height = round(width * scale), round(height * scale)
    left, top = (photo.shape[1] - cut_width) // 2, (photo.shape[0] - cut_height) // 2
    cut = photo[top : top + cut_height, left : left + cut_width]
    dark = linear_to_srgb(srgb_to_linear(cut) * np.float32(UNDEREXPOSURE))
    enlarged = cv2.resize(dark, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    noise = np.random.default_rng(0).standard_normal(enlarged.shape, np.float32)
    pixels = np.clip(enlarged + NOISE_SIGMA * noise + 0.5, 0, 255).astype(np.uint8)
    return encode(Photo(pixels, None, ImageFormat.JPEG, Metadata()), EncodeOptions(quality=QUALITY))


def size_of(megapixels: float) -> tuple[int, int]:
    """Return width and height in pixels, 4:3, of a photo of about so many megapixels."""
    width = max(16, 4 * round((megapixels * 1e6 / 12) ** 0.5))
    return width, width * 3 // 4
