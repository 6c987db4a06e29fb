"""How large a photo may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps that are checked before pixels are allocated.

    Attributes:
        max_bytes: Largest encoded file.
        max_pixels: Largest width times height that a header may announce.
    """

    max_bytes: int = 30_000_000
    max_pixels: int = 50_000_000
