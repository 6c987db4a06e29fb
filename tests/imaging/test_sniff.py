"""Formats are told by content."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image as PillowImage

from imaging.codec import decode
from imaging.errors import NotAPhotoError, UnsupportedFormatError
from imaging.formats import ImageFormat
from imaging.sniff import recognise
from tests.imaging.files import LIMITS, READ, encoded, scene


@pytest.mark.parametrize("file_format", READ)
def test_reads_what_is_accepted(file_format: ImageFormat) -> None:
    assert recognise(encoded(scene(), file_format)[:64]) is file_format


@pytest.mark.parametrize("name", ["GIF", "BMP", "TIFF", "ICO", "PPM", "JPEG2000", "PDF", "QOI"])
def test_other_pictures_are_named_and_refused(name: str) -> None:
    out = BytesIO()
    PillowImage.fromarray(scene()).save(out, name)
    with pytest.raises(UnsupportedFormatError, match="accepted are JPEG, PNG, WebP, AVIF and HEIC"):
        decode(out.getvalue(), LIMITS)


@pytest.mark.parametrize(
    "head",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xef\xbb\xbf<?xml version='1.0'?>",
        b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
        b"\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01crx isom",
        b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ",
        b"\xff\x0a\xfa\x7f",
        b"8BPS\x00\x01",
        b"#?RADIANCE\n",
    ],
)
def test_other_media_are_unsupported(head: bytes) -> None:
    with pytest.raises(UnsupportedFormatError):
        recognise(head)


@pytest.mark.parametrize(
    ("brands", "expected"),
    [
        (b"avif....", ImageFormat.AVIF),
        (b"avis....avif", ImageFormat.AVIF),
        (b"mif1....mif1avif", ImageFormat.AVIF),
        (b"mif1....mif1heic", ImageFormat.HEIC),
        (b"mif1....mif1heicavif", ImageFormat.AVIF),
        (b"heic....mif1avif", ImageFormat.HEIC),
        (b"hevc....msf1", ImageFormat.HEIC),
        (b"mif1....", ImageFormat.HEIC),
    ],
)
def test_brands(brands: bytes, expected: ImageFormat) -> None:
    box = (len(brands) + 8).to_bytes(4, "big") + b"ftyp" + brands
    assert recognise(box + b"avif" * 4) is expected  # what follows the box does not count


def test_noise_text_and_page_are_no_photo() -> None:
    random = np.random.default_rng(0)
    noise = [random.bytes(200) for _ in range(50)]
    for data in (b"x", b"\x00" * 100, b"<!doctype html><html>", b"just some text", *noise):
        with pytest.raises(NotAPhotoError):
            decode(data, LIMITS)
