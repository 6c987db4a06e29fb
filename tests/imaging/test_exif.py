"""EXIF blocks are edited in place and travel with the photo."""

from __future__ import annotations

import dataclasses
import struct
from io import BytesIO

import pytest
from PIL import Image as PillowImage

from imaging import exif
from imaging.codec import EncodeOptions, Photo, decode, encode
from imaging.formats import ImageFormat
from imaging.metadata import Metadata
from tests.imaging.files import LIMITS, READ, WRITTEN, encoded, exif_of, exif_with, png_chunk, scene

ORIENTATION, MAKE, DATE, USER_COMMENT, MAKER_NOTE = 0x0112, 0x010F, 0x0132, 0x9286, 0x927C
EXIF_IFD, GPS_IFD, WIDTH, HEIGHT = 0x8769, 0x8825, 0xA002, 0xA003
FULL = exif_with(
    {ORIENTATION: 6, MAKE: "Maker", DATE: "2026:01:02 03:04:05", 0x0100: 4000, 0x0101: 3000},
    {WIDTH: 4000, HEIGHT: 3000, MAKER_NOTE: b"private\x00\x01"},
    {1: "N", 2: (48.0, 8.0, 0.5)},
)


def ifd(entries: list[tuple[int, int, int, bytes]], following: int, order: str) -> bytes:
    body = struct.pack(order + "H", len(entries))
    for tag, kind, count, value in entries:
        body += struct.pack(order + "HHI", tag, kind, count) + value.ljust(4, b"\x00")
    return body + struct.pack(order + "I", following)


def with_thumbnail(order: str, tail: bytes = b"") -> bytes:
    """A block of orientation 8 with an embedded JPEG, and what follows it."""
    thumbnail = b"\xff\xd8\xff" + b"old picture" + b"\xff\xd9"
    header = (b"II*\x00" if order == "<" else b"MM\x00*") + struct.pack(order + "I", 8)
    main = ifd([(ORIENTATION, 3, 1, struct.pack(order + "H", 8))], 26, order)
    second = ifd(
        [
            (0x0201, 4, 1, struct.pack(order + "I", 56)),
            (0x0202, 4, 1, struct.pack(order + "I", len(thumbnail))),
        ],
        0,
        order,
    )
    block = header + main + second
    assert len(block) == 56
    return block + thumbnail + tail


@pytest.mark.parametrize("order", ["<", ">"])
class TestClean:
    def test_resets_the_orientation(self, order: str) -> None:
        block = with_thumbnail(order)
        assert exif.orientation(block) == exif.orientation(b"Exif\x00\x00" + block) == 8
        cleaned = exif.clean(block)
        assert exif.orientation(cleaned) == 1

    def test_removes_the_thumbnail(self, order: str) -> None:
        cleaned = exif.clean(with_thumbnail(order))
        assert cleaned is not None
        assert b"old picture" not in cleaned
        assert len(cleaned) == 56
        assert not exif_of(cleaned).get_ifd(0x0201)

    def test_keeps_what_follows_the_thumbnail_in_place(self, order: str) -> None:
        block = with_thumbnail(order, tail=b"maker's note")
        cleaned = exif.clean(block)
        assert cleaned is not None
        assert b"old picture" not in cleaned
        assert cleaned.index(b"maker's note") == block.index(b"maker's note")


class TestBrokenBlocks:
    @pytest.mark.parametrize(
        "block",
        [
            b"",
            b"Exif\x00\x00",
            b"II*\x00",
            b"no tiff at all, but long enough",
            b"II*\x00\xff\xff\xff\xff" + bytes(40),
            b"II*\x00\x08\x00\x00\x00\xff\xff" + bytes(40),
            b"II*\x00\x00\x00\x00\x00" + bytes(40),
            FULL[6:40],
            b"MM\x00*\x00\x00\x00\x08" + ifd([(EXIF_IFD, 4, 1, b"\x7f\xff\xff\xff")], 0, ">"),
        ],
    )
    def test_are_dropped(self, block: bytes) -> None:
        assert exif.clean(block) is None
        assert exif.orientation(block) == 1

    def test_giant_ones_are_dropped(self) -> None:
        assert exif.clean(FULL + bytes(exif.MAX_EXIF_BYTES)) is None

    @pytest.mark.parametrize("file_format", READ)
    def test_are_no_reason_to_refuse_a_photo(self, file_format: ImageFormat) -> None:
        # Written sound and then broken inside the file, with the length kept: the TIFF header goes.
        data = encoded(scene(), file_format, exif=FULL)
        assert data.count(FULL[6:14]) == 1
        broken = data.replace(FULL[6:14], b"XX*\x00\xff\xff\xff\xff")
        if file_format is ImageFormat.PNG:
            body = FULL[6:].replace(FULL[6:14], b"XX*\x00\xff\xff\xff\xff")
            broken = data.replace(png_chunk(b"eXIf", FULL[6:]), png_chunk(b"eXIf", body))
        assert broken != data
        photo = decode(broken, LIMITS)
        # Pillow states an AVIF's own rotation as a block of its making.
        assert b"Maker" not in (photo.metadata.exif or b"")
        assert encode(photo, EncodeOptions())

    def test_a_directory_that_points_at_itself(self) -> None:
        loop = b"MM\x00*\x00\x00\x00\x08" + ifd([(EXIF_IFD, 4, 1, struct.pack(">I", 8))], 8, ">")
        assert exif.clean(loop) is not None

    def test_a_thumbnail_that_points_at_the_directories_blanks_nothing(self) -> None:
        block = bytearray(with_thumbnail(">"))
        struct.pack_into(">I", block, 26 + 2 + 8, 8)
        cleaned = exif.clean(bytes(block))
        assert cleaned is not None
        assert len(cleaned) == len(block)


@pytest.fixture
def photo() -> Photo:
    return decode(encoded(scene(), ImageFormat.JPEG, exif=FULL), LIMITS)


@pytest.mark.parametrize("file_format", WRITTEN)
class TestInTheResult:
    def test_is_kept(self, photo: Photo, file_format: ImageFormat) -> None:
        result = PillowImage.open(BytesIO(encode(photo, EncodeOptions(file_format))))
        tags = result.getexif()
        assert tags[MAKE] == "Maker"
        assert tags[DATE] == "2026:01:02 03:04:05"
        assert tags.get(ORIENTATION, 1) == 1
        assert tags.get_ifd(EXIF_IFD)[MAKER_NOTE] == b"private\x00\x01"
        assert tags.get_ifd(GPS_IFD)[2] == (48.0, 8.0, 0.5)

    def test_states_the_size_of_the_result(self, photo: Photo, file_format: ImageFormat) -> None:
        cropped = dataclasses.replace(photo, image=photo.image[:30, :50])
        tags = PillowImage.open(BytesIO(encode(cropped, EncodeOptions(file_format)))).getexif()
        details = tags.get_ifd(EXIF_IFD)
        assert (details[WIDTH], details[HEIGHT]) == (tags[0x0100], tags[0x0101]) == (50, 30)

    def test_survives_being_read_again(self, photo: Photo, file_format: ImageFormat) -> None:
        again = decode(encode(photo, EncodeOptions(file_format)), LIMITS)
        assert again.metadata.exif is not None
        assert exif_of(again.metadata.exif)[MAKE] == "Maker"

    def test_is_stripped_on_request(self, photo: Photo, file_format: ImageFormat) -> None:
        data = encode(photo, EncodeOptions(file_format, keep_metadata=False))
        result = PillowImage.open(BytesIO(data))
        assert not result.getexif()
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(result.info)
        assert b"Maker" not in data
        assert b"Exif" not in data

    def test_one_that_is_cut_short_by_a_later_edit_does_not_hurt(self, photo: Photo, file_format: ImageFormat) -> None:
        assert photo.metadata.exif is not None
        tail_lost = exif.clean(photo.metadata.exif[:-8])
        lossy = dataclasses.replace(photo, metadata=Metadata(tail_lost))
        assert decode(encode(lossy, EncodeOptions(file_format)), LIMITS).image.shape == photo.image.shape


def test_one_too_large_for_a_jpeg_is_left_out() -> None:
    big = exif.clean(FULL + bytes(80_000))
    assert big is not None
    photo = Photo(scene(), None, ImageFormat.PNG, Metadata(big))
    kept = decode(encode(photo, EncodeOptions(ImageFormat.PNG)), LIMITS).metadata.exif
    assert kept is not None
    assert len(kept) == len(big)
    assert decode(encode(photo, EncodeOptions(ImageFormat.JPEG)), LIMITS).metadata.exif is None


def test_xmp_and_comments_do_not_travel() -> None:
    data = encoded(scene(), ImageFormat.JPEG, comment=b"a secret", xmp=b"<x:xmpmeta>a secret</x:xmpmeta>")
    assert data.count(b"a secret") == 2
    for keep in (True, False):
        assert b"a secret" not in encode(decode(data, LIMITS), EncodeOptions(keep_metadata=keep))


def test_without_orientation() -> None:
    cleaned = exif.clean(FULL)
    assert cleaned is not None
    bare = exif_of(exif.without_orientation(cleaned))
    assert ORIENTATION not in bare
    assert bare[MAKE] == "Maker"
    assert bare.get_ifd(EXIF_IFD)[WIDTH] == 4000
    assert exif.without_orientation(exif.without_orientation(cleaned)) == exif.without_orientation(cleaned)


def test_sizes_over_65535_become_long() -> None:
    cleaned = exif.clean(exif_with({MAKE: "m"}, {WIDTH: 100, HEIGHT: 100}))
    assert cleaned is not None
    details = exif_of(exif.with_size(cleaned, 70_000, 9)).get_ifd(EXIF_IFD)
    assert (details[WIDTH], details[HEIGHT]) == (70_000, 9)


def test_a_note_the_library_does_not_know_keeps_its_offset() -> None:
    cleaned = exif.clean(FULL)
    assert cleaned is not None
    assert len(cleaned) == len(FULL) - 6
    assert cleaned.index(b"private") == FULL[6:].index(b"private")
    assert USER_COMMENT not in exif_of(cleaned).get_ifd(EXIF_IFD)
