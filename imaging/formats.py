"""The file formats that are read and written."""

from __future__ import annotations

from enum import StrEnum


class ImageFormat(StrEnum):
    """A file format, recognised by content and never by file name."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"
    HEIC = "heic"

    @property
    def media_type(self) -> str:
        """The IANA media type, e.g. "image/jpeg"."""
        return f"image/{self.value}"

    @property
    def output(self) -> ImageFormat:
        """The format a result is written in when the input is this one: HEIC comes back as JPEG."""
        return ImageFormat.JPEG if self is ImageFormat.HEIC else self
