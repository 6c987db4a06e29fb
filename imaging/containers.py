"""What must be known of PNG, WebP and AVIF files before, or beside, what Pillow tells."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from imaging.errors import NotAPhotoError

MAX_PNG_CHUNKS = 20_000
"""A photo of 30 MB in the common chunks of 8 kB has 3700. Pillow takes 7 µs a chunk: a file of empty ones takes half a
minute."""

CodePoints = tuple[int, int]
"""Colour primaries and transfer characteristics (ITU-T H.273)."""


_EXIF_ITEM = re.compile(rb"(infe[\x02\x03].{7,9})Exif", re.DOTALL)
"""An item information entry, version 2 or 3, of type Exif (ISO/IEC 14496-12, 8.11.6)."""


@dataclass(frozen=True, slots=True)
class PngChunks:
    """Chunks that Pillow does not read, or only while decoding.

    Attributes:
        exif: The eXIf chunk, which may follow the pixels; untrusted.
        code_points: Of the cICP chunk, which overrules an embedded profile.
    """

    exif: bytes | None
    code_points: CodePoints | None


def png_chunks(view: memoryview) -> PngChunks:
    """Walk over the chunks of a PNG (third edition, 5.3) without looking into most of them.

    Raises:
        NotAPhotoError: There are more than `MAX_PNG_CHUNKS`.
    """
    exif: bytes | None = None
    code_points: CodePoints | None = None
    at = 8
    for _ in range(MAX_PNG_CHUNKS):
        if at + 12 > len(view):
            return PngChunks(exif, code_points)
        length, kind = struct.unpack_from(">I4s", view, at)
        if kind == b"eXIf" and exif is None:
            exif = bytes(view[at + 8 : at + 8 + length])
        elif kind == b"cICP" and length == 4 and code_points is None:
            code_points = view[at + 8], view[at + 9]
        at += 12 + length
    raise NotAPhotoError(f"this PNG has more than {MAX_PNG_CHUNKS} chunks")


def webp_size(head: bytes) -> tuple[int, int]:
    """Return (width, height), pixels, of the canvas from the first 30 bytes of a WebP (RFC 9649, 2.4 to 2.7).

    Raises:
        NotAPhotoError: They hold no such chunk.
    """
    chunk = head[12:16]
    if len(head) == 30 and chunk == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if len(head) == 30 and chunk == b"VP8 ":
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    if len(head) >= 25 and chunk == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise NotAPhotoError("this WEBP is damaged or cut off")


def avif_code_points(head: bytes) -> CodePoints | None:
    """Return the code points of the first nclx box in the first kilobytes of an AVIF (ISO/IEC 14496-12, 12.1.5).

    Boxes are not walked: an item's properties stand before its data, and a chance match costs only a colour shift.
    """
    at = head.find(b"colrnclx")
    if at < 0 or at + 12 > len(head):
        return None
    primaries, transfer = struct.unpack_from(">HH", head, at + 8)
    return primaries, transfer


def hide_avif_exif(data: bytes) -> bytes:
    """Return an AVIF with the type of its EXIF item changed to one that readers skip; unchanged if it has none."""
    return _EXIF_ITEM.sub(rb"\1skip", data)
