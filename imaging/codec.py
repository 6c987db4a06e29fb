"""Encoded bytes to photos and back. The only way uploads become pixels.

Files are recognised by content. The caps are checked in the header, before pixels are allocated. Pixels stand upright
when they leave `decode`, stay in the photo's own RGB space, and the profile of that space travels along
(imaging/profiles.py). Of an animated or multi-page file the first frame is read (of a HEIC, its primary image).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging import exif as exif_block
from imaging import jpeg, pillow_files, profiles
from imaging.errors import BadUploadError, InvalidParameterError, UnsupportedFormatError
from imaging.formats import ImageFormat
from imaging.image import Image, Plane
from imaging.limits import Limits, check_bytes, check_pixels
from imaging.metadata import Metadata
from imaging.orientation import displayed_size, upright
from imaging.sniff import recognise
from imaging.view import View, view_factor

Encoded = bytes | memoryview | NDArray[np.uint8]
"""An encoded file; uploads travel as one-dimensional uint8 arrays. Only read."""

_MAX_SIDE_PX = {
    ImageFormat.JPEG: 65_535,
    ImageFormat.WEBP: 16_383,
    ImageFormat.AVIF: 65_535,
    ImageFormat.PNG: 2**31 - 1,
}
"""T.81 table B.2; RFC 9649, 2.7; AV1 specification, 5.5.1; PNG third edition, 11.2.1."""


DCT_GAP = 2
"""A JPEG is reduced in the DCT domain to no less than this many times the size asked for, and averaged down from there:
nearer than that, two coarse pixel grids beat against each other (the same figure as in Pillow's `Image.thumbnail`)."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of its photo before any pixel is decoded.

    Attributes:
        format: The format, by content.
        width: As displayed (after orientation), pixels.
        height: As displayed, pixels.
        orientation: EXIF orientation in 1..8 of the stored pixels.
        jpeg_quality: In [1, 100] on the IJG scale as the quantisation tables tell it; None for other formats.
        has_alpha: Whether there is any transparency.
        animated: Whether there is more than one frame or page, of which only the first is read.
    """

    format: ImageFormat
    width: int
    height: int
    orientation: int = 1
    jpeg_quality: int | None = None
    has_alpha: bool = False
    animated: bool = False


@dataclass(frozen=True, eq=False)
class Photo:
    """A decoded photo. `dataclasses.replace` puts a repaired image in.

    Attributes:
        image: Upright pixels, uint8 RGB (H, W, 3).
        alpha: Opacity, uint8 (H, W), 255 opaque; None when the file has none.
        format: The format it was read from.
        metadata: EXIF and the profile of the pixels' space.
    """

    image: Image
    alpha: Plane | None
    format: ImageFormat
    metadata: Metadata


@dataclass(frozen=True, slots=True)
class EncodeOptions:
    """How a result is written.

    Attributes:
        format: None is the format that belongs to the input's (`ImageFormat.output`).
        quality: In [1, 100] on the scale of the format's encoder; PNG is lossless at any.
        keep_metadata: False strips EXIF with its GPS position and the profile, converting the pixels to sRGB first.
    """

    format: ImageFormat | None = None
    quality: int = 90
    keep_metadata: bool = True


@dataclass(frozen=True, slots=True)
class _Source:
    """A file whose header has passed the caps: one of the two kinds of decoder holds it."""

    header: Header
    data: bytes | memoryview
    jpeg: jpeg.JpegHeader | None
    opened: pillow_files.OpenFile | None

    @property
    def raw_metadata(self) -> tuple[bytes | None, bytes | None]:
        """Untrusted EXIF and profile."""
        holder = self.jpeg or self.opened
        assert holder is not None
        return holder.exif, holder.icc

    def stored_size(self) -> tuple[int, int]:
        return displayed_size(self.header.width, self.header.height, self.header.orientation)

    def pixels(self, reduction: int, fast: bool = False) -> tuple[NDArray[np.uint8], Plane | None]:
        """Stored pixels and alpha; only JPEG heeds the reduction (rounding sides up) and only grey and colour ones."""
        if self.jpeg is not None and self.opened is None:
            return jpeg.decode(self.data, self.jpeg, reduction, fast), None
        assert self.opened is not None
        return pillow_files.load(self.opened, self.header.format)


def read_header(data: Encoded, limits: Limits) -> Header:
    """Read what the file says of itself; no pixel is decoded.

    Raises:
        BadUploadError: There are no bytes.
        TooManyBytesError: There are more bytes than `limits.max_bytes`.
        TooManyPixelsError: The header announces more than `limits.max_pixels`.
        UnsupportedFormatError: A format that is not read.
        NotAPhotoError: No photo, or a damaged header.
    """
    return _open(data, limits).header


def decode(data: Encoded, limits: Limits, max_side: int | None = None) -> Photo:
    """Decode a file to upright pixels.

    Args:
        data: The file.
        limits: Caps on its bytes and pixels.
        max_side: Longest side of the result in pixels; a larger photo is reduced by area averaging (JPEG in the DCT
            domain as far as powers of 2 go), a smaller one is never enlarged.

    Raises:
        BelvedereError: As `read_header`; NotAPhotoError also for pixels that are damaged or end early.
        ValueError: `max_side` is less than 1.
    """
    if max_side is not None and max_side < 1:
        raise ValueError(f"max_side is at least 1, this is {max_side}")
    source = _open(data, limits)
    header = source.header
    size: tuple[int, int] | None = None
    reduction = 1
    if max_side is not None and max(header.width, header.height) > max_side:
        size = _fitted(*source.stored_size(), max_side)
        needed = DCT_GAP * max_side
        reduction = next((n for n in (8, 4, 2) if max(header.width, header.height) // n >= needed), 1)
    pixels, alpha = source.pixels(reduction)
    if size is not None:
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        alpha = None if alpha is None else cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    exif, icc = source.raw_metadata
    image, icc = profiles.working_pixels(pixels, icc)
    return Photo(
        upright(image, header.orientation),
        None if alpha is None else upright(alpha, header.orientation),
        header.format,
        Metadata(exif_block.clean(exif), icc),
    )


def decode_view(data: Encoded, limits: Limits) -> tuple[Header, View]:
    """Decode a file to the small upright copy that defects are judged on.

    A JPEG is reduced while it is decoded, with the fast DCT; other formats are decoded in full and averaged down.

    Raises:
        BelvedereError: As `decode`.
    """
    source = _open(data, limits)
    header = source.header
    factor = view_factor(header.width, header.height)
    pixels, alpha = source.pixels(factor, fast=True)
    if factor > 1 and source.opened is not None:
        width, height = source.stored_size()
        size = (max(1, width // factor), max(1, height // factor))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        alpha = None if alpha is None else cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    image, _ = profiles.working_pixels(pixels, source.raw_metadata[1])
    if alpha is not None:
        alpha = upright(alpha, header.orientation)
    return header, View(upright(image, header.orientation), factor, header.jpeg_quality, alpha)


def shrink(photo: Photo, max_side: int) -> Photo:
    """Return the photo reduced by area averaging to a long side of `max_side` pixels; a smaller one as it is."""
    height, width = photo.image.shape[:2]
    if max(height, width) <= max_side:
        return photo
    size = _fitted(width, height, max_side)
    alpha = None if photo.alpha is None else cv2.resize(photo.alpha, size, interpolation=cv2.INTER_AREA)
    return replace(photo, image=cv2.resize(photo.image, size, interpolation=cv2.INTER_AREA), alpha=alpha)


def encode(photo: Photo, options: EncodeOptions) -> bytes:
    """Write a photo.

    JPEG has no transparency: there a transparent photo is laid on white.

    Raises:
        UnsupportedFormatError: HEIC, which is only read.
        InvalidParameterError: The quality is out of range, or the photo is longer than the format can hold.
    """
    file_format = options.format or photo.format.output
    if file_format is ImageFormat.HEIC:
        raise UnsupportedFormatError("HEIC is read but not written; ask for jpeg, png, webp or avif")
    if not 1 <= options.quality <= 100:
        raise InvalidParameterError(f"quality is between 1 and 100, this is {options.quality}")
    image, alpha = photo.image, photo.alpha
    height, width = image.shape[:2]
    long_side, cap = max(width, height), _MAX_SIDE_PX[file_format]
    if long_side > cap:
        raise InvalidParameterError(f"a {file_format.value} file is at most {cap} pixels long, this is {long_side}")
    if options.keep_metadata:
        metadata = photo.metadata.for_size(width, height)
    else:
        metadata = Metadata()
        if photo.metadata.icc is not None and not profiles.is_srgb(photo.metadata.icc):
            image = profiles.to_srgb(image, photo.metadata.icc)
    if file_format is ImageFormat.JPEG:
        if alpha is not None:
            image = _on_white(image, alpha)
        return jpeg.encode(image, options.quality, metadata.exif, metadata.icc)
    return pillow_files.encode(image, alpha, file_format, options.quality, metadata)


def _open(data: Encoded, limits: Limits) -> _Source:
    view = data.data if isinstance(data, np.ndarray) else memoryview(data)
    if view.nbytes == 0:
        raise BadUploadError("the upload is empty")
    check_bytes(view.nbytes, limits)
    contents = data if isinstance(data, bytes) else view
    file_format = recognise(bytes(view[:64]))
    if file_format is not ImageFormat.JPEG:
        opened = pillow_files.open_file(contents, file_format, limits)
        width, height = displayed_size(opened.width, opened.height, opened.orientation)
        header = Header(file_format, width, height, opened.orientation, None, opened.has_alpha, opened.animated)
        return _Source(header, contents, None, opened)
    head = jpeg.read_header(contents)
    check_pixels(head.width, head.height, limits)
    orientation = exif_block.orientation(head.exif)
    width, height = displayed_size(head.width, head.height, orientation)
    header = Header(file_format, width, height, orientation, head.quality)
    # simplejpeg knows no profile conversion for CMYK, nor how Adobe inverts it.
    odd = head.components not in (1, 3)
    return _Source(header, contents, head, pillow_files.open_file(contents, file_format, limits) if odd else None)


def _fitted(width: int, height: int, max_side: int) -> tuple[int, int]:
    """(width, height) in pixels reduced in proportion so that the longer side is `max_side`."""
    scale = max_side / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _on_white(image: Image, alpha: Plane) -> Image:
    """Composite over white; uint8 (H, W, 3)."""
    opacity = cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGB)
    return cv2.add(cv2.multiply(image, opacity, scale=1 / 255), cv2.bitwise_not(opacity))
