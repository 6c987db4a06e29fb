"""PNG, WebP, AVIF and HEIC, and the JPEGs that simplejpeg does not read: by Pillow and pillow-heif.

OpenCV's `imdecode` is never given an upload: it crashes the process on some malformed PNGs. The plugin of the
recognised format is called directly rather than through `Image.open`, so that no other of Pillow's many decoders ever
sees the bytes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import AvifImagePlugin, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from PIL import Image as PillowImage

from imaging import cicp
from imaging import exif as exif_block
from imaging.containers import PngChunks, avif_code_points, hide_avif_exif, png_chunks, webp_size
from imaging.errors import BelvedereError, NotAPhotoError, TooManyPixelsError
from imaging.formats import ImageFormat
from imaging.image import Image, Plane
from imaging.limits import Limits, check_pixels
from imaging.metadata import Metadata

# Process-wide caps of Pillow and pillow-heif, set here and nowhere else.
# A file that ends early is an error, never a photo with a grey lower half (any library in the process may have set it).
ImageFile.LOAD_TRUNCATED_IMAGES = False
# Photoshop writes up to some MB of XMP in one text chunk; more is a bomb, in one chunk or in many.
PngImagePlugin.MAX_TEXT_CHUNK = 4_000_000
PngImagePlugin.MAX_TEXT_MEMORY = 16_000_000
# PillowImage.MAX_IMAGE_PIXELS keeps its default (89 MP warns, 179 MP fails): the cap that counts is `Limits`, which is
# checked first and is an argument; Pillow's own stays the net under code that does not come through here.
# Nothing but the primary image is wanted of a HEIC, so nothing else may be decoded.
pillow_heif.options.THUMBNAILS = False
pillow_heif.options.DEPTH_IMAGES = False
pillow_heif.options.AUX_IMAGES = False

PNG_COMPRESS_LEVEL = 1
"""zlib's quickest: 60 ms a megapixel here; level 6 takes three times that for 6 to 20 % fewer bytes."""

WEBP_METHOD = 2
"""libwebp's effort, 0 to 6: 35 ms a megapixel here, and 4 takes three times that for no fewer bytes."""

_AVIF_PROPERTIES_BYTES = 4096
"""Where an AVIF's item properties are looked for: they follow the file type, ahead of the pixels."""

AVIF_SPEED = 9
"""libaom's speed, 0 to 10: 80 ms a megapixel here on 2 cores; 8 takes four times that for 4 % fewer bytes."""


_PLUGINS: dict[ImageFormat, type[ImageFile.ImageFile]] = {
    ImageFormat.JPEG: JpegImagePlugin.JpegImageFile,
    ImageFormat.PNG: PngImagePlugin.PngImageFile,
    ImageFormat.WEBP: WebPImagePlugin.WebPImageFile,
    ImageFormat.AVIF: AvifImagePlugin.AvifImageFile,
    ImageFormat.HEIC: pillow_heif.HeifImageFile,
}


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file whose header has been read and has passed the caps; its pixels have not been decoded.

    Attributes:
        file: Pillow's lazy image.
        width: Stored width, pixels.
        height: Stored height, pixels.
        exif: Untrusted EXIF block or None.
        icc: Untrusted colour profile or None.
        orientation: EXIF orientation in 1..8 that the stored pixels still need.
        has_alpha: Whether there is any transparency.
        animated: Whether there is more than one frame or page.
    """

    file: ImageFile.ImageFile
    width: int
    height: int
    exif: bytes | None
    icc: bytes | None
    orientation: int
    has_alpha: bool
    animated: bool


def open_file(data: bytes | memoryview, file_format: ImageFormat, limits: Limits) -> OpenFile:
    """Read the header of a file of a recognised format.

    Raises:
        NotAPhotoError: It is damaged.
        TooManyPixelsError: It announces too many pixels.
    """
    if file_format is ImageFormat.WEBP:
        # libwebp allocates the canvas as soon as its decoder is made.
        check_pixels(*webp_size(bytes(data[:30])), limits)
    chunks = png_chunks(memoryview(data)) if file_format is ImageFormat.PNG else None
    with _decoder_errors(file_format):
        file = _plugin_file(data, file_format)
        check_pixels(*file.size, limits)
        exif = chunks.exif if chunks is not None else file.info.get("exif")
        return OpenFile(
            file,
            *file.size,
            exif,
            _profile(file, file_format, chunks, bytes(data[:_AVIF_PROPERTIES_BYTES])),
            # libheif turns the pixels itself as the file's own transformations say; EXIF then only repeats them.
            1 if file_format is ImageFormat.HEIC else exif_block.orientation(exif),
            file.has_transparency_data,
            getattr(file, "is_animated", False),
        )


def _plugin_file(data: bytes | memoryview, file_format: ImageFormat) -> ImageFile.ImageFile:
    plugin = _PLUGINS[file_format]
    try:
        return plugin(BytesIO(data))
    except Exception:
        # An AVIF whose EXIF does not parse is still a photo, but libavif and Pillow refuse it whole.
        visible = bytes(data)
        without_exif = hide_avif_exif(visible) if file_format is ImageFormat.AVIF else visible
        if without_exif == visible:
            raise
        return plugin(BytesIO(without_exif))


def _profile(
    file: ImageFile.ImageFile, file_format: ImageFormat, chunks: PngChunks | None, head: bytes
) -> bytes | None:
    """The file's profile, or one made of its code points; the latter come first in PNG, last elsewhere."""
    embedded: bytes | None = file.info.get("icc_profile")
    if chunks is not None:
        named = None if chunks.code_points is None else cicp.profile(*chunks.code_points)
        return named or embedded
    if embedded is not None:
        return embedded
    if file_format is ImageFormat.AVIF:
        code_points = avif_code_points(head)
    else:
        nclx = file.info.get("nclx_profile")
        code_points = None if nclx is None else (nclx["color_primaries"], nclx["transfer_characteristics"])
    return None if code_points is None else cicp.profile(*code_points)


def load(opened: OpenFile, file_format: ImageFormat) -> tuple[NDArray[np.uint8], Plane | None]:
    """Decode the first frame (a HEIC's primary image).

    16-bit samples keep their high byte, which is exact for both ways of widening 8 bits to 16.

    Returns:
        Stored pixels, uint8: RGB (H, W, 3), grey (H, W) or CMYK (H, W, 4); and alpha (H, W) or None.

    Raises:
        NotAPhotoError: The data is damaged or cut off.
    """
    with _decoder_errors(file_format):
        return _planes(opened.file)


@contextlib.contextmanager
def _decoder_errors(file_format: ImageFormat) -> Iterator[None]:
    try:
        yield
    except (BelvedereError, MemoryError):
        raise
    except PillowImage.DecompressionBombError as error:
        raise TooManyPixelsError("this announces more pixels than are accepted") from error
    except Exception as error:  # Decoders of damaged files raise whatever they stumble over; all mean the same.
        raise NotAPhotoError(f"this {file_format.name} is damaged or cut off") from error


def _planes(file: ImageFile.ImageFile) -> tuple[NDArray[np.uint8], Plane | None]:
    file.load()
    image: PillowImage.Image = file
    if image.mode.startswith("I"):  # 16-bit grey
        samples = np.asarray(image)
        key = image.info.get("transparency")
        alpha = None if key is None else np.where(samples == key, np.uint8(0), np.uint8(255))
        return (samples >> 8).astype(np.uint8), alpha
    if image.has_transparency_data and image.mode not in ("LA", "RGBA"):
        image = image.convert("RGBA")
    if image.mode == "1":
        image = image.convert("L")
    elif image.mode not in ("L", "LA", "RGB", "RGBA", "CMYK"):
        image = image.convert("RGB")
    pixels = np.asarray(image)
    if image.mode == "LA":
        return cv2.extractChannel(pixels, 0), cv2.extractChannel(pixels, 1)
    if image.mode == "RGBA":
        return cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB), cv2.extractChannel(pixels, 3)
    return pixels, None


def encode(image: Image, alpha: Plane | None, file_format: ImageFormat, quality: int, metadata: Metadata) -> bytes:
    """Write a PNG (lossless), WebP or AVIF.

    Args:
        image: uint8 RGB (H, W, 3).
        alpha: uint8 (H, W) or None.
        file_format: PNG, WEBP or AVIF.
        quality: In [1, 100], on the encoder's own scale; PNG has none.
        metadata: EXIF and profile to put in.
    """
    pixels = image if alpha is None else cv2.merge([*cv2.split(image), alpha])
    out = BytesIO()
    picture = PillowImage.fromarray(pixels)
    exif, icc = metadata.exif or b"", metadata.icc
    match file_format:
        case ImageFormat.PNG:
            picture.save(out, "PNG", compress_level=PNG_COMPRESS_LEVEL, exif=exif or None, icc_profile=icc)
        case ImageFormat.WEBP:
            picture.save(out, "WEBP", quality=quality, method=WEBP_METHOD, exif=exif, icc_profile=icc or b"")
        case ImageFormat.AVIF:
            # Given an orientation, Pillow serialises the whole block anew.
            exif = exif_block.without_orientation(exif) if exif else b""
            picture.save(out, "AVIF", quality=quality, speed=AVIF_SPEED, exif=exif, icc_profile=icc)
        case _:
            raise ValueError(f"{file_format.name} is not written here")
    return out.getvalue()
