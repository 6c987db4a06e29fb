"""Encoded files of every kind that the codec's tests read, made here so that none is shipped."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image as PillowImage
from skimage import data

from imaging.formats import ImageFormat
from imaging.image import Image
from imaging.limits import Limits

LIMITS = Limits()
READ = tuple(ImageFormat)
WRITTEN = (ImageFormat.JPEG, ImageFormat.PNG, ImageFormat.WEBP, ImageFormat.AVIF)


@lru_cache
def scene(width: int = 96, height: int = 64) -> Image:
    """A real photo, unlike in every corner, of the size asked for."""
    image: Image = cv2.resize(data.astronaut()[:300, 60:510], (width, height), interpolation=cv2.INTER_AREA)
    image.setflags(write=False)
    return image


def encoded(pixels: NDArray[Any] | PillowImage.Image, file_format: ImageFormat, **options: Any) -> bytes:
    """The file an outside program would write."""
    picture = pixels if isinstance(pixels, PillowImage.Image) else PillowImage.fromarray(pixels)
    out = BytesIO()
    if file_format is ImageFormat.HEIC:
        pillow_heif.from_pillow(picture).save(out, **options)
    else:
        picture.save(out, file_format.name, **options)
    return out.getvalue()


def exif_with(tags: dict[int, Any], details: dict[int, Any] | None = None, gps: dict[int, Any] | None = None) -> bytes:
    """An EXIF block with its prefix."""
    exif = PillowImage.Exif()
    exif.update(tags)
    if details:
        exif.get_ifd(0x8769).update(details)
    if gps:
        exif.get_ifd(0x8825).update(gps)
    return exif.tobytes()


def exif_of(block: bytes) -> PillowImage.Exif:
    """What another library reads in a block without prefix."""
    exif = PillowImage.Exif()
    exif.load(b"Exif\x00\x00" + block)
    return exif


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colour_type: int = 2) -> bytes:
    """A PNG of the given header and chunks, well-formed or not."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + png_chunk(b"IEND", b"")


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    """An ICC version 2 display profile (ICC.1:2001-04)."""
    table, bodies, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, tag in tags.items():
        padded = tag + bytes(-len(tag) % 4)
        table += name + struct.pack(">II", at + len(bodies), len(tag))
        bodies += padded
    header = struct.pack(">I4sI4s4s4s", at + len(bodies), b"lcms", 0x02400000, b"mntr", space, b"XYZ ")
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    header += _fixed(0.9642) + _fixed(1.0) + _fixed(0.8249)
    header += bytes(128 - len(header))
    return header + struct.pack(">I", len(tags)) + table + bodies


def _described(name: bytes) -> dict[bytes, bytes]:
    text = struct.pack(">4s4xI", b"desc", len(name) + 1) + name + b"\x00" + bytes(8) + bytes(3 + 67)
    return {b"desc": text, b"cprt": b"text" + bytes(4) + b"none\x00", b"wtpt": _xyz(0.9642, 1.0, 0.8249)}


def _xyz(x: float, y: float, z: float) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(x) + _fixed(y) + _fixed(z)


def _gamma(value: float) -> bytes:
    return struct.pack(">4s4xIH", b"curv", 1, round(value * 256))


@lru_cache
def display_p3() -> bytes:
    """Display P3 with a pure 2.2 gamma: primaries of SMPTE EG 432-1 adapted to D50."""
    curve = _gamma(2.2)
    return _profile(
        b"RGB ",
        {
            **_described(b"Display P3 (2.2)"),
            b"rXYZ": _xyz(0.51512, 0.24120, -0.00105),
            b"gXYZ": _xyz(0.29198, 0.69225, 0.04189),
            b"bXYZ": _xyz(0.15710, 0.06657, 0.78407),
            b"rTRC": curve,
            b"gTRC": curve,
            b"bTRC": curve,
        },
    )


@lru_cache
def grey_profile(gamma: float) -> bytes:
    return _profile(b"GRAY", {**_described(b"Grey"), b"kTRC": _gamma(gamma)})


@lru_cache
def table_profile(space: bytes, inks: tuple[tuple[float, float, float], ...]) -> bytes:
    """A profile of lookup tables whose corners have the given colours.

    Args:
        space: b"RGB " or b"CMYK".
        inks: CIELAB of each corner of the device cube, the last channel varying fastest.
    """
    channels = {b"RGB ": 3, b"CMYK": 4}[space]
    lab = np.array(inks) + np.array([0, 128, 128])
    codes = np.clip(lab, 0, 255) * np.array([65280 / 100, 256, 256])  # 16-bit Lab of version 2
    identity = [65536, 0, 0, 0, 65536, 0, 0, 0, 65536]
    lut = struct.pack(">4s4x4B9i2H", b"mft2", channels, 3, 2, 0, *identity, 2, 2)
    lut += struct.pack(">2H", 0, 65535) * channels
    lut += np.clip(codes, 0, 65535).round().astype(">u2").tobytes()
    lut += struct.pack(">2H", 0, 65535) * 3
    profile = bytearray(_profile(space, {**_described(b"Tables"), b"A2B0": lut}))
    profile[12:16], profile[20:24] = b"prtr", b"Lab "
    return bytes(profile)
