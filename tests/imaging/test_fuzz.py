"""No file gets anything out of the codec but a photo or a `BelvedereError`."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage

from imaging.formats import ImageFormat
from imaging.limits import Limits
from tests.imaging import fuzzing
from tests.imaging.files import encoded, exif_with, png, png_chunk, scene

BLOCK = 25
SEEDS = 500
BOMB_BYTES = 100_000_000
PIXELS = png_chunk(b"IDAT", zlib.compress(bytes(1 + 3)))


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_mutated_files(first: int) -> None:
    outcomes = {fuzzing.outcome(fuzzing.mutated(seed)) for seed in range(first, first + BLOCK)}
    assert outcomes <= {"photo", "NotAPhotoError", "TooManyPixelsError", "UnsupportedFormatError"}
    assert "NotAPhotoError" in outcomes


def test_the_originals_are_sound() -> None:
    assert {fuzzing.outcome(data) for data in fuzzing.originals()} == {"photo"}


@lru_cache
def inflated(size: int) -> bytes:
    return zlib.compress(bytes(size))


def lying(file_format: ImageFormat, box: bytes, offset: int, announced: bytes) -> bytes:
    """A file of 800×800 whose header announces another size."""
    data = bytearray(encoded(np.zeros((800, 800, 3), np.uint8), file_format))
    at = data.index(box) + offset
    data[at : at + len(announced)] = announced
    return bytes(data)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "huge png": lambda: png(2**31 - 1, 2**31 - 1, PIXELS),
    "png header only": lambda: png(7000, 7000),
    "png bomb of pixels": lambda: png(100, 100, png_chunk(b"IDAT", inflated(BOMB_BYTES))),
    "png bomb of text": lambda: png(1, 1, png_chunk(b"zTXt", b"k\x00\x00" + inflated(BOMB_BYTES)), PIXELS),
    "png bomb of international text": lambda: png(
        1, 1, png_chunk(b"iTXt", b"k\x00\x01\x00\x00\x00" + inflated(BOMB_BYTES)), PIXELS
    ),
    "png bomb of profile": lambda: png(1, 1, png_chunk(b"iCCP", b"k\x00\x00" + inflated(BOMB_BYTES)), PIXELS),
    "png of many texts": lambda: png(1, 1, *[png_chunk(b"zTXt", b"k\x00\x00" + inflated(3_900_000))] * 100, PIXELS),
    "png of many chunks": lambda: png(1, 1, *[png_chunk(b"abCd", b"")] * 1_000_000, PIXELS),
    "png of endless exif": lambda: png(1, 1, png_chunk(b"eXIf", exif_with({1: "N"})[6:] + bytes(20_000_000)), PIXELS),
    "png chunk beyond the end": lambda: png(1, 1) + struct.pack(">I", 0xFFFFFFFF) + b"eXIf",
    "huge jpeg": lambda: encoded(scene(), ImageFormat.JPEG).replace(b"\x08\x00\x40\x00\x60", b"\x08\xff\xff\xff\xff"),
    "large jpeg of no data": lambda: encoded(scene(), ImageFormat.JPEG).replace(
        b"\x08\x00\x40\x00\x60", b"\x08\x1b\x58\x1b\x58"
    ),
    "huge webp": lambda: b"RIFF\x20\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00" + b"\xff" * 6 + bytes(10),
    "webp smaller than its frame": lambda: encoded(
        np.zeros((2000, 2000, 3), np.uint8), ImageFormat.WEBP, exif=exif_with({1: "N"})
    ).replace(struct.pack("<I", 1999)[:3] * 2, b"\x63\x00\x00" * 2, 1),
    "avif smaller than its frame": lambda: lying(ImageFormat.AVIF, b"ispe", 8, struct.pack(">II", 50, 50)),
    "avif larger than its frame": lambda: lying(ImageFormat.AVIF, b"ispe", 8, struct.pack(">II", 60_000, 60_000)),
    "heic smaller than its frame": lambda: lying(ImageFormat.HEIC, b"ispe", 8, struct.pack(">II", 50, 50)),
    "heic larger than its frame": lambda: lying(ImageFormat.HEIC, b"ispe", 8, struct.pack(">II", 60_000, 60_000)),
    "two formats in one": lambda: encoded(scene(), ImageFormat.PNG)[:60] + encoded(scene(), ImageFormat.JPEG),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files(name: str) -> None:
    outcome = fuzzing.outcome(HOSTILE[name](), Limits())
    assert outcome in ("photo", "NotAPhotoError", "TooManyPixelsError")
    if "huge" in name:
        assert outcome == "TooManyPixelsError"


def test_bombs_are_bounded_in_memory(tmp_path: Path) -> None:
    """In a process of its own: what all the small bombs together take over an honest small photo."""
    names = [name for name in HOSTILE if "bomb" in name or "texts" in name or "header" in name]
    paths: list[str] = []
    for name in names:
        path = tmp_path / f"{len(paths)}.bin"
        path.write_bytes(HOSTILE[name]())
        paths.append(str(path))
    script = (
        "import resource, sys, pathlib\n"
        "from imaging.limits import Limits\n"
        "from tests.imaging import files, fuzzing\n"
        "fuzzing.outcome(files.encoded(files.scene(), files.ImageFormat.PNG))\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "[fuzzing.outcome(pathlib.Path(path).read_bytes(), Limits()) for path in sys.argv[1:]]\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1000)\n"
    )
    run = subprocess.run([sys.executable, "-c", script, *paths], capture_output=True, text=True, check=True)
    assert len(names) == 6
    assert int(run.stdout) < BOMB_BYTES / 2e6  # of the some 500 MB that they would inflate to


def test_a_photo_at_the_cap_is_read() -> None:
    data = encoded(PillowImage.new("RGB", (1000, 1000)), ImageFormat.PNG)
    assert fuzzing.outcome(data, fuzzing.LIMITS) == "photo"
