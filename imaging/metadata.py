"""What a file says about its photo beside the pixels."""

from __future__ import annotations

from dataclasses import dataclass

from imaging import exif as exif_block


@dataclass(frozen=True, slots=True)
class Metadata:
    """EXIF and colour profile of a decoded photo.

    Attributes:
        exif: TIFF-structured block without the "Exif\\0\\0" prefix, orientation reset to 1, embedded thumbnail removed.
            None when the file had none, or one that does not parse.
        icc: Profile of the RGB space that the decoded pixels are in; None means sRGB.
    """

    exif: bytes | None = None
    icc: bytes | None = None

    def for_size(self, width: int, height: int) -> Metadata:
        """Return the metadata with EXIF's own statement of the size, in pixels, brought up to date."""
        return self if self.exif is None else Metadata(exif_block.with_size(self.exif, width, height), self.icc)
