"""Which part of the data a photo belongs to: decided by its file name alone, so that every tool agrees."""

from __future__ import annotations

from enum import StrEnum
from hashlib import blake2b
from pathlib import Path


class Part(StrEnum):
    """A part of the photos. Parameters are set on CALIBRATE, choices made on VALIDATE, figures reported on HELD_OUT."""

    CALIBRATE = "calibrate"
    VALIDATE = "validate"
    HELD_OUT = "held_out"


def part(path: str | Path) -> Part:
    """Return the part of a source photo: half calibrate, a quarter each validate and held out.

    The split is by source file (its stem), never by what was made of it, so that no two degradations of one photo
    fall on both sides.
    """
    match blake2b(Path(path).stem.encode()).digest()[0] % 4:
        case 0:
            return Part.HELD_OUT
        case 1:
            return Part.VALIDATE
        case _:
            return Part.CALIBRATE
