"""Mutated files of every format, and what the codec must do with any of them.

`python -m tests.imaging.fuzzing FIRST LAST` runs a range of seeds and prints what came out of it.
"""

from __future__ import annotations

import collections
import itertools
import resource
import struct
import sys
import time
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import numpy as np
from PIL import Image as PillowImage

from imaging.codec import EncodeOptions, decode, decode_view, encode, read_header
from imaging.errors import BelvedereError
from imaging.formats import ImageFormat
from imaging.image import check_image
from imaging.limits import Limits
from tests.imaging import files

LIMITS = Limits(max_bytes=1_000_000, max_pixels=1_000_000)
"""Small, so that a mutated header that announces a huge size costs no time."""

Random = np.random.Generator
Result = TypeVar("Result")


@lru_cache
def originals() -> tuple[bytes, ...]:
    """Sound files of every kind that is read."""
    picture = PillowImage.fromarray(files.scene(96, 64))
    frames = [picture, PillowImage.fromarray(files.scene(96, 64)[::-1].copy())]
    translucent = picture.copy()
    translucent.putalpha(picture.getchannel(1))
    exif = files.exif_with({0x0112: 6, 0x010F: "Maker"}, {0xA002: 96, 0xA003: 64}, {1: "N", 2: (1.0, 2.0, 3.0)})
    tagged = {"exif": exif, "icc_profile": files.display_p3()}
    corners = tuple((100.0 * (1 - k) * (1 - c / 2), 60.0 * (m - c), 60.0 * y) for c, m, y, k in _cube(4))
    kind = ImageFormat
    return (
        files.encoded(picture, kind.JPEG, quality=85, **tagged),
        files.encoded(picture, kind.JPEG, progressive=True, **tagged),
        files.encoded(picture.convert("L"), kind.JPEG, icc_profile=files.grey_profile(1.8)),
        files.encoded(picture.convert("CMYK"), kind.JPEG, icc_profile=files.table_profile(b"CMYK", corners)),
        files.encoded(picture, kind.JPEG, restart_marker_blocks=2, subsampling=0),
        files.encoded(picture, kind.PNG, **tagged),
        files.encoded(translucent, kind.PNG, **tagged),
        files.encoded(picture.quantize(16), kind.PNG, transparency=3),
        files.encoded(np.asarray(picture.convert("L")).astype(np.uint16) * 257, kind.PNG),
        files.encoded(picture, kind.PNG, save_all=True, append_images=frames[1:], duration=100),
        files.encoded(picture, kind.WEBP, **tagged),
        files.encoded(translucent, kind.WEBP, lossless=True, **tagged),
        files.encoded(picture, kind.WEBP, save_all=True, append_images=frames[1:], duration=100),
        files.encoded(picture, kind.AVIF, speed=10, **tagged),
        files.encoded(translucent, kind.AVIF, speed=10),
        files.encoded(picture, kind.AVIF, speed=10, save_all=True, append_images=frames[1:], duration=100),
        files.encoded(picture, kind.HEIC, **tagged),
        files.encoded(translucent, kind.HEIC, quality=50),
        files.encoded(picture, kind.HEIC, quality=50, tile_size=64),
    )


def _cube(channels: int) -> itertools.product[tuple[int, ...]]:
    return itertools.product((0, 1), repeat=channels)


def _position(data: bytes, random: Random) -> int:
    # Headers decide most, so half of the damage goes to the first 300 bytes.
    return int(random.integers(min(len(data), 300) if random.random() < 0.5 else len(data)))


def flip_bits(data: bytes, random: Random) -> bytes:
    out = bytearray(data)
    for _ in range(int(random.integers(1, 20))):
        out[_position(data, random)] ^= 1 << int(random.integers(8))
    return bytes(out)


def cut(data: bytes, random: Random) -> bytes:
    return data[: _position(data, random)]


def overwrite_number(data: bytes, random: Random) -> bytes:
    out = bytearray(data)
    extreme = int(random.choice([0, 1, 0x7F, 0xFF, 0xFFFF, 0x7FFF, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, 0x10000]))
    packed = struct.pack(">I" if random.random() < 0.5 else "<I", extreme)[-int(random.choice([1, 2, 4])) :]
    at = _position(data, random)
    out[at : at + len(packed)] = packed
    return bytes(out)


def splice(data: bytes, random: Random) -> bytes:
    source = originals()[int(random.integers(len(originals())))] if random.random() < 0.3 else data
    at, start = _position(data, random), _position(source, random)
    piece = source[start : start + int(random.integers(1, 400))]
    return data[:at] + piece + data[at + (len(piece) if random.random() < 0.5 else 0) :]


def drop(data: bytes, random: Random) -> bytes:
    at = _position(data, random)
    return data[:at] + data[at + int(random.integers(1, 64)) :]


def scramble(data: bytes, random: Random) -> bytes:
    at = _position(data, random)
    noise = random.bytes(int(random.integers(1, 64)))
    return data[:at] + noise + data[at + len(noise) :]


MUTATIONS: tuple[Callable[[bytes, Random], bytes], ...] = (flip_bits, cut, overwrite_number, splice, drop, scramble)


def mutated(seed: int) -> bytes:
    """The file of a seed; the same on every run."""
    random = np.random.default_rng(seed)
    data = originals()[seed % len(originals())]
    for _ in range(int(random.integers(1, 4))):
        data = MUTATIONS[int(random.integers(len(MUTATIONS)))](data, random) or data[:1]
    # Most damage to a PNG ends at a checksum; mending it lets the rest through to the decoder.
    return mend_checksums(data) if data.startswith(b"\x89PNG") and random.random() < 0.7 else data


def mend_checksums(data: bytes) -> bytes:
    out, at = bytearray(data), 8
    while at + 12 <= len(out):
        end = at + 8 + struct.unpack_from(">I", out, at)[0]
        if end + 4 > len(out):
            break
        struct.pack_into(">I", out, end, zlib.crc32(out[at + 4 : end]))
        at = end + 4
    return bytes(out)


def outcome(data: bytes, limits: Limits = LIMITS) -> str:
    """Read a file in every way there is; the name of the error, or "photo".

    Raises:
        AssertionError: The photo breaks a contract.
        Exception: Anything but a `BelvedereError`.
    """
    array = np.frombuffer(data, np.uint8)
    header = _attempt(lambda: read_header(array, limits))
    photo = _attempt(lambda: decode(array, limits))
    view = _attempt(lambda: decode_view(array, limits))
    if isinstance(photo, BelvedereError) or isinstance(view, BelvedereError):
        assert type(photo) is type(view)
        assert not isinstance(header, BelvedereError) or type(header) is type(photo)
        return type(photo).__name__
    assert not isinstance(header, BelvedereError)
    check_image(photo.image)
    assert photo.image.shape[:2] == (header.height, header.width)
    assert header.height * header.width <= limits.max_pixels
    check_image(view[1].image)
    for options in (EncodeOptions(), EncodeOptions(ImageFormat.AVIF, 30), EncodeOptions(keep_metadata=False)):
        again = decode(encode(photo, options), limits)
        assert again.image.shape == photo.image.shape
    return "photo"


def _attempt(read: Callable[[], Result]) -> Result | BelvedereError:
    try:
        return read()
    except BelvedereError as error:
        if error.status not in (400, 413, 415) or len(str(error)) > 200:
            raise AssertionError(f"not what a client should be told: {error}") from error
        return error


def main(first: int, last: int) -> None:
    counts: collections.Counter[tuple[int, str]] = collections.Counter()
    slowest = (0.0, -1)
    for seed in range(first, last):
        data = mutated(seed)
        started = time.perf_counter()
        try:
            result = outcome(data)
        except Exception as error:
            result = f"FAILED {seed}: {error!r}"
        slowest = max(slowest, (time.perf_counter() - started, seed))
        counts[seed % len(originals()), result] += 1
    for (original, result), count in sorted(counts.items()):
        sys.stdout.write(f"{original:3} {count:6} {result}\n")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    sys.stdout.write(f"slowest {slowest[0]:.2f} s (seed {slowest[1]}), peak memory {peak_mb:.0f} MB\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
