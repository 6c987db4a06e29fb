"""What goes to the output folder for a photo with nothing to repair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.engine import EngineError, Options
from imaging.errors import BelvedereError
from imaging.formats import ImageFormat

if TYPE_CHECKING:
    from imaging.codec import EncodeOptions


def repaired_format(format_: ImageFormat, options: Options) -> ImageFormat:
    """Return the format that a repaired photo of a format is expected in."""
    return options.format or format_.output


def kept_format(format_: ImageFormat, options: Options) -> ImageFormat:
    """Return the format that a photo of a format is written in when there is nothing to repair."""
    if options.format is not None:
        return options.format
    return format_ if options.keep_metadata and options.max_side is None else format_.output


def encode_options(options: Options) -> EncodeOptions:
    """Return how results are written in this process."""
    from imaging.codec import EncodeOptions

    quality = {} if options.quality is None else {"quality": options.quality}
    return EncodeOptions(format=options.format, keep_metadata=options.keep_metadata, **quality)


def keep(data: bytes, format_: ImageFormat, options: Options) -> bytes:
    """Return the file for a photo with nothing to repair, in its `kept_format`.

    It is the original byte for byte, unless the options ask for what that is not: another format, fewer pixels, no
    metadata (a good photo tells the place, too). Then it is encoded anew in this process, since a service answers a
    good photo with nothing.

    Raises:
        EngineError: It must be encoded anew and cannot be decoded.
    """
    target = kept_format(format_, options)
    if target is format_ and options.keep_metadata and options.max_side is None:
        return data
    from imaging.codec import decode, encode, read_header
    from imaging.limits import Limits

    try:
        header = read_header(data, Limits())
        fits = options.max_side is None or max(header.width, header.height) <= options.max_side
        if target is format_ and options.keep_metadata and fits:
            return data
        photo = decode(data, Limits(), options.max_side)
        return encode(photo, encode_options(options))
    except BelvedereError as error:
        raise EngineError(str(error)) from error
