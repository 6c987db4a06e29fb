"""Recognises a file's format by its first bytes, never by its name or declared type."""

from __future__ import annotations

from imaging.errors import NotAPhotoError, UnsupportedFormatError
from imaging.formats import ImageFormat

ACCEPTED = "JPEG, PNG, WebP, AVIF and HEIC"

_AVIF_BRANDS = {b"avif", b"avis"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_HEIF_BRANDS = {b"mif1", b"msf1", b"mif2"}
"""Brands of ISO/IEC 23008-12 and the AV1 image file format. "mif1" says only that it is one of this family."""

_REFUSED_PREFIXES: tuple[tuple[bytes, str], ...] = (
    (b"GIF87a", "a GIF"),
    (b"GIF89a", "a GIF"),
    (b"BM", "a BMP"),
    (b"II*\x00", "a TIFF or a camera's raw file"),
    (b"MM\x00*", "a TIFF or a camera's raw file"),
    (b"II+\x00", "a BigTIFF"),
    (b"MM\x00+", "a BigTIFF"),
    (b"IIU\x00", "a Panasonic raw file"),
    (b"II\xbc", "a JPEG XR"),
    (b"IIRO", "an Olympus raw file"),
    (b"FUJIFILM", "a Fujifilm raw file"),
    (b"%PDF-", "a PDF"),
    (b"%!PS", "a PostScript file"),
    (b"8BPS", "a Photoshop document"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"\x00\x00\x02\x00", "a cursor"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL"),
    (b"\xff\x0a", "a JPEG XL"),
    (b"qoif", "a QOI"),
    (b"#?RADIANCE", "a Radiance HDR"),
    (b"\x76\x2f\x31\x01", "an OpenEXR"),
    (b"\x1a\x45\xdf\xa3", "a video"),
    (b"P1\n", "a PBM"),
    (b"P2\n", "a PGM"),
    (b"P3\n", "a PPM"),
    (b"P4\n", "a PBM"),
    (b"P5\n", "a PGM"),
    (b"P6\n", "a PPM"),
)


def recognise(head: bytes) -> ImageFormat:
    """Return the format of a file that begins with `head` (64 bytes are enough).

    Raises:
        UnsupportedFormatError: It is a picture, a document or a video that is not read.
        NotAPhotoError: It is nothing that is known.
    """
    if head.startswith(b"\xff\xd8\xff"):
        return ImageFormat.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return ImageFormat.PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return ImageFormat.WEBP
    if head[4:8] == b"ftyp":
        return _recognise_iso_media(head)
    for prefix, name in _REFUSED_PREFIXES:
        if head.startswith(prefix):
            raise UnsupportedFormatError(f"this is {name}; accepted are {ACCEPTED}")
    if b"<svg" in head or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
        raise UnsupportedFormatError(f"this is an SVG or another XML file; accepted are {ACCEPTED}")
    raise NotAPhotoError(f"these bytes are no photo; accepted are {ACCEPTED}")


def _recognise_iso_media(head: bytes) -> ImageFormat:
    """Tell AVIF from HEIC and from video by the brands of the file type box (ISO/IEC 14496-12, 4.3)."""
    box_bytes = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    brands = {major, *(head[i : i + 4] for i in range(16, box_bytes - 3, 4))}
    # The major brand decides; "mif1" as the major one leaves it to the compatible ones.
    if major in _AVIF_BRANDS or (major not in _HEIC_BRANDS and brands & _AVIF_BRANDS):
        return ImageFormat.AVIF
    if brands & (_HEIC_BRANDS | _HEIF_BRANDS):
        return ImageFormat.HEIC
    raise UnsupportedFormatError(f"this is a video or a camera's raw file; accepted are {ACCEPTED}")
