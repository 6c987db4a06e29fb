"""JPEG files: the header read here, the pixels decoded and encoded by libjpeg-turbo (simplejpeg).

The header is read without copying the file, so that caps are checked and EXIF and ICC are found in some 20 µs whatever
the size. Source: ITU-T T.81 (1992), annex B.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from imaging.errors import NotAPhotoError, UnsupportedFormatError
from imaging.image import Image

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_SEGMENTS = 4096
"""Real headers have 10 to 50 segments, panoramas with depth data some hundreds. A bound on work for hostile files."""

MAX_SCANS = 50
"""libjpeg's own progressive script has 10 scans. A few bytes of file make another scan over all coefficients (0.1 s at
50 MP here), which is how a small file could keep a core busy for minutes."""

CHROMA_SUBSAMPLED_UP_TO_QUALITY = 94
"""4:2:0 up to this quality, 4:4:4 above, where a client asks for more than a screen can show."""

_SOF_READ = {0xC0, 0xC1, 0xC2, 0xC9, 0xCA}
_SOF_ALL = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SOF_PROGRESSIVE = {0xC2, 0xCA}
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_DQT, _SOS, _EOI, _SOI, _APP1, _APP2 = 0xDB, 0xDA, 0xD9, 0xD8, 0xE1, 0xE2
_EXIF, _ICC = b"Exif\x00\x00", b"ICC_PROFILE\x00"
_SEGMENT_BYTES = 65533
_ICC_CHUNK_BYTES = _SEGMENT_BYTES - len(_ICC) - 2

_ALL_COEFFICIENTS = bytes((0, 63, 0))
"""Spectral selection and successive approximation of a sequential scan (T.81, table B.3)."""

_SCAN, _FILL = re.compile(rb"\xff\xda"), re.compile(rb"\xff+")

# Table K.1 of T.81 (luminance) in the zigzag order of a DQT segment.
_LUMA_TABLE = np.array(
    [16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61,
     60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113,
     121, 112, 100, 120, 92, 101, 103, 99]
)  # fmt: skip
_QUALITIES = np.arange(1, 101)
_SCALES = np.where(_QUALITIES < 50, 5000 // _QUALITIES, 200 - 2 * _QUALITIES)  # jpeg_quality_scaling of libjpeg
_IJG_TABLES = np.clip((_LUMA_TABLE * _SCALES[:, None] + 50) // 100, 1, 255)


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """What the segments before the first scan say.

    Attributes:
        width: Stored width, pixels.
        height: Stored height, pixels.
        components: 1 grey, 3 colour, 4 CMYK or YCCK.
        quality: In [1, 100] on the IJG scale, from the luma quantisation table; None when there is no table.
        exif: The EXIF block without its prefix, untrusted.
        icc: The colour profile, untrusted.
        spectral_at: Where the first scan's header states its coefficients, from the start of the file.
    """

    width: int
    height: int
    components: int
    quality: int | None
    exif: bytes | None
    icc: bytes | None
    spectral_at: int


def read_header(data: bytes | memoryview) -> JpegHeader:
    """Read the segments up to the first scan.

    Raises:
        NotAPhotoError: They are damaged, or there are more scans than any encoder writes.
        UnsupportedFormatError: Lossless, hierarchical or 12-bit JPEG.
    """
    frame: tuple[int, bytes] | None = None
    tables: dict[int, bytes] = {}
    exif: bytes | None = None
    icc_chunks: dict[int, bytes] = {}
    scan_components = spectral_at = 0
    view = memoryview(data)
    for marker, start, end in _segments(view):
        if marker in _SOF_ALL:
            if frame is not None:
                raise NotAPhotoError("this JPEG is damaged: it has two frame headers")
            frame = marker, bytes(view[start:end])
        elif marker == _DQT:
            tables.update(_quantisation_tables(bytes(view[start:end])))
        elif marker == _APP1 and exif is None and view[start : start + 6] == _EXIF:
            exif = bytes(view[start + 6 : end])
        elif marker == _APP2 and view[start : start + 12] == _ICC and end - start > 14:
            icc_chunks.setdefault(view[start + 12], bytes(view[start + 14 : end]))
        elif marker == _SOS:
            scan_components, spectral_at = view[start], end - 3
    if frame is None or len(frame[1]) < 6 + 3 * frame[1][5]:
        raise NotAPhotoError("this JPEG is damaged: it has no frame header")
    kind, body = frame
    if kind not in _SOF_READ or body[0] != 8:
        raise UnsupportedFormatError("this JPEG is lossless, hierarchical or 12-bit; baseline and progressive are read")
    components = body[5]
    if kind in _SOF_PROGRESSIVE or scan_components < components:
        scans = sum(1 for _, _ in zip(_SCAN.finditer(view), range(MAX_SCANS + 1), strict=False))
        if scans > MAX_SCANS:
            raise NotAPhotoError(f"this JPEG has more than {MAX_SCANS} scans; real ones have about ten")
    luma_table = tables.get(body[8]) if components else None
    return JpegHeader(
        width=int.from_bytes(body[3:5], "big"),
        height=int.from_bytes(body[1:3], "big"),
        components=components,
        quality=None if luma_table is None else estimate_quality(luma_table),
        exif=exif,
        icc=b"".join(icc_chunks[i] for i in sorted(icc_chunks)) or None,
        spectral_at=spectral_at,
    )


def _segments(view: memoryview) -> Iterator[tuple[int, int, int]]:
    """Yield (marker, start, end) of each segment's content, the first scan's header last."""
    at, size = 2, len(view)
    for _ in range(MAX_SEGMENTS):
        fill = _FILL.match(view, at)  # any number of FF may stand before a marker, B.1.1.2
        if fill is not None:
            at = fill.end() - 1
        if at + 4 > size or view[at] != 0xFF:
            break
        marker = view[at + 1]
        if marker in _STANDALONE:
            at += 2
            continue
        start, end = at + 4, at + 2 + (view[at + 2] << 8 | view[at + 3])
        if marker in (0x00, _SOI, _EOI) or end < start or end > size or (marker == _SOS and end - start < 6):
            break
        yield marker, start, end
        if marker == _SOS:
            return
        at = end
    raise NotAPhotoError("this JPEG is damaged or cut off")


def _quantisation_tables(body: bytes) -> dict[int, bytes]:
    """Tables of a DQT segment by their number: 64 bytes each, or 128 where they have 16 bits (B.2.4.1)."""
    tables, at = {}, 0
    while at < len(body):
        size = 128 if body[at] >> 4 else 64
        table = body[at + 1 : at + 1 + size]
        if len(table) < size:
            break
        tables[body[at] & 15] = table
        at += 1 + size
    return tables


@lru_cache(maxsize=256)
def estimate_quality(luma_table: bytes) -> int:
    """Return the IJG quality in [1, 100] whose luma table lies nearest (sum of absolute differences).

    Exact for libjpeg and its descendants; for encoders with tables of their own it is the quality of about equal
    coarseness.

    Args:
        luma_table: 64 entries of 8 bits or of 16 (big-endian), in zigzag order.
    """
    table = np.frombuffer(luma_table, np.uint8 if len(luma_table) == 64 else np.dtype(">u2")).astype(np.int64)
    return int(_QUALITIES[np.abs(_IJG_TABLES - table).sum(axis=1).argmin()])


def decode(data: bytes | memoryview, header: JpegHeader, reduction: int = 1, fast: bool = False) -> NDArray[np.uint8]:
    """Decode a grey or colour JPEG.

    Complete files whose decoding draws no warning are accepted; so is whatever follows the end of the image (phones
    append videos, depth maps and padding there), stray bytes before the end marker, and a baseline scan that misstates
    which coefficients it has (webcams). Data that ends early or holds impossible codes is refused: libjpeg would fill
    the rest with grey.

    Args:
        data: The file.
        header: Its header, which has passed the caps.
        reduction: 1, 2, 4 or 8: that many stored pixels become one, in the DCT domain.
        fast: Take the fast DCT and chroma upsampling, good enough to judge a photo by.

    Returns:
        uint8 RGB (H, W, 3), or (H, W) of a grey JPEG; sides are divided by `reduction` and rounded up.

    Raises:
        NotAPhotoError: The data is damaged or cut off.
    """
    try:
        # libjpeg's own idea of the size must be the one that passed the caps, or it allocates another.
        height, width, _, _ = simplejpeg.decode_jpeg_header(data)
        if (height, width) != (header.height, header.width):
            raise NotAPhotoError("this JPEG is damaged: its header contradicts itself")
        try:
            pixels = _decode(data, header, reduction, fast)
        except ValueError as error:
            if "Invalid SOS parameters for sequential JPEG" not in str(error):
                raise
            # libjpeg would ignore them, but told to ignore one warning it ignores all; so they are put right instead.
            mended = bytearray(data)
            mended[header.spectral_at : header.spectral_at + 3] = _ALL_COEFFICIENTS
            pixels = _decode(mended, header, reduction, fast)
    except ValueError as error:
        raise NotAPhotoError("this JPEG is damaged or cut off") from error
    return pixels[..., 0] if header.components == 1 else pixels


def _decode(data: bytes | bytearray | memoryview, header: JpegHeader, reduction: int, fast: bool) -> Image:
    """Decode, taking any warning of libjpeg's for a ValueError; uint8 (H, W, 3), or (H, W, 1) of a grey JPEG."""
    pixels: Image = simplejpeg.decode_jpeg(
        data,
        "GRAY" if header.components == 1 else "RGB",
        fastdct=fast,
        fastupsample=fast,
        min_height=header.height // reduction,
        min_width=header.width // reduction,
        min_factor=1,
        strict=True,
    )
    return pixels


def encode(image: Image, quality: int, exif: bytes | None, icc: bytes | None) -> bytes:
    """Encode RGB pixels and put EXIF and ICC segments in after the JFIF header.

    Args:
        image: uint8 RGB (H, W, 3), sides up to 65535.
        quality: In [1, 100], IJG scale.
        exif: TIFF block without prefix; left out when it does not fit one segment.
        icc: Colour profile; left out when it does not fit 255 segments.
    """
    subsampling = "420" if quality <= CHROMA_SUBSAMPLED_UP_TO_QUALITY else "444"
    encoded: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(image), quality, "RGB", subsampling, fastdct=False)
    segments = []
    if exif is not None and len(exif) + len(_EXIF) <= _SEGMENT_BYTES:
        segments.append(_segment(_APP1, _EXIF + exif))
    if icc is not None:
        chunks = [icc[i : i + _ICC_CHUNK_BYTES] for i in range(0, len(icc), _ICC_CHUNK_BYTES)]
        if len(chunks) <= 255:
            segments += [_segment(_APP2, _ICC + bytes((i, len(chunks))) + chunk) for i, chunk in enumerate(chunks, 1)]
    if not segments:
        return encoded
    view = memoryview(encoded)
    after_jfif = 4 + int.from_bytes(view[4:6], "big")
    return b"".join([view[:after_jfif], *segments, view[after_jfif:]])


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body
