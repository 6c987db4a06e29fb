"""How large a photo may be."""

from __future__ import annotations

from dataclasses import dataclass

from imaging.errors import NotAPhotoError, TooManyBytesError, TooManyPixelsError


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps that are checked before pixels are allocated.

    Attributes:
        max_bytes: Largest encoded file.
        max_pixels: Largest width times height that a header may announce.
    """

    max_bytes: int = 30_000_000
    max_pixels: int = 50_000_000


def check_bytes(count: int, limits: Limits) -> None:
    """Refuse a file over the cap.

    Raises:
        TooManyBytesError: It is.
    """
    if count > limits.max_bytes:
        size, cap = _amount(count / 1e6), _amount(limits.max_bytes / 1e6)
        raise TooManyBytesError(f"this has {size} MB, at most {cap} are accepted")


def check_pixels(width: int, height: int, limits: Limits) -> None:
    """Refuse a size in pixels over the cap.

    Raises:
        TooManyPixelsError: It is.
        NotAPhotoError: A side is 0.
    """
    if width < 1 or height < 1:
        raise NotAPhotoError(f"this photo is {width}×{height} pixels")
    if width * height > limits.max_pixels:
        announced, cap = _amount(width * height / 1e6), _amount(limits.max_pixels / 1e6)
        raise TooManyPixelsError(f"this has {announced} megapixels, at most {cap} are accepted")


def _amount(value: float) -> str:
    """Three digits for people: 0.048, 30.1, 10000."""
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"
