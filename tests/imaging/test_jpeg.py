"""JPEG headers, damage, quality."""

from __future__ import annotations

import re

import numpy as np
import pytest
import simplejpeg

from imaging import jpeg
from imaging.codec import decode, decode_view, read_header
from imaging.errors import NotAPhotoError, UnsupportedFormatError
from imaging.formats import ImageFormat
from tests.imaging.files import LIMITS, encoded, scene

BASELINE = encoded(scene(), ImageFormat.JPEG, quality=85)
PROGRESSIVE = encoded(scene(), ImageFormat.JPEG, quality=85, progressive=True)
RESTARTS = encoded(scene(), ImageFormat.JPEG, quality=85, restart_marker_blocks=4)
KINDS = pytest.mark.parametrize("data", [BASELINE, PROGRESSIVE, RESTARTS], ids=["baseline", "progressive", "restarts"])


def frame_at(data: bytes) -> int:
    found = re.search(rb"\xff[\xc0-\xc2]\x00\x11", data)
    assert found is not None
    return found.start()


@KINDS
class TestDamage:
    def test_sound_files_are_read(self, data: bytes) -> None:
        assert np.abs(decode(data, LIMITS).image.astype(int) - scene()).mean() < 5

    @pytest.mark.parametrize("kept", [0.3, 0.6, 0.9, 0.99])
    @pytest.mark.parametrize("ending", [b"", b"\xff\xd9"], ids=["cut", "closed"])
    def test_data_that_ends_early_is_refused(self, data: bytes, kept: float, ending: bytes) -> None:
        cut = data[: int(len(data) * kept)].rstrip(b"\xff") + ending
        for read in (decode, decode_view):
            with pytest.raises(NotAPhotoError, match="damaged or cut off"):
                read(cut, LIMITS)

    def test_without_an_end_marker_is_refused(self, data: bytes) -> None:
        # A cut exactly before the marker loses no pixel, but nothing tells it from one that does.
        with pytest.raises(NotAPhotoError):
            decode(data[:-2], LIMITS)

    def test_what_follows_the_end_is_no_damage(self, data: bytes) -> None:
        # Motion photos, depth maps, camera makers' padding.
        whole = decode(data, LIMITS).image
        for tail in (b"\x00" * 1000, b"ftypmp42" * 50, data, b"\xff" * 64):
            assert np.array_equal(decode(data + tail, LIMITS).image, whole)

    def test_stray_bytes_before_the_end_are_no_damage(self, data: bytes) -> None:
        # Samsung phones write them; libjpeg warns of "extraneous bytes before marker 0xd9".
        whole = decode(data, LIMITS).image
        assert np.array_equal(decode(data[:-2] + b"\x00\x12\x00" + data[-2:], LIMITS).image, whole)

    def test_fill_bytes_before_a_marker_are_no_damage(self, data: bytes) -> None:
        at = frame_at(data)
        filled = data[:at] + b"\xff" * 100 + data[at:]
        assert np.array_equal(decode(filled, LIMITS).image, decode(data, LIMITS).image)


@pytest.mark.parametrize("stated", [b"\x00\x00\x00", b"\x00\x3f\x10", b"\x01\x05\x00"])
def test_a_baseline_scan_that_misstates_its_coefficients(stated: bytes) -> None:
    # Webcams write them; libjpeg warns of "Invalid SOS parameters for sequential JPEG".
    at = jpeg.read_header(BASELINE).spectral_at
    assert BASELINE[at : at + 3] == b"\x00\x3f\x00"
    data = BASELINE[:at] + stated + BASELINE[at + 3 :]
    assert np.array_equal(decode(data, LIMITS).image, decode(BASELINE, LIMITS).image)
    with pytest.raises(NotAPhotoError):
        decode(data[: len(data) // 2] + b"\xff\xd9", LIMITS)


class TestHeader:
    def test_of_nothing_but_a_start(self) -> None:
        for data in (b"\xff\xd8\xff", b"\xff\xd8\xff\xd9", b"\xff\xd8\xff\xe0\x00", b"\xff\xd8\xff\xe0\x00\x01"):
            with pytest.raises(NotAPhotoError):
                read_header(data, LIMITS)

    def test_a_second_frame_header_is_refused(self) -> None:
        at = frame_at(BASELINE)
        frame = BASELINE[at : at + 19]
        with pytest.raises(NotAPhotoError, match="two frame headers"):
            read_header(BASELINE[:at] + frame + BASELINE[at:], LIMITS)

    @pytest.mark.parametrize("marker", [0xC3, 0xC5, 0xC7, 0xCB, 0xCF])
    def test_lossless_and_hierarchical_are_unsupported(self, marker: int) -> None:
        at = frame_at(BASELINE)
        with pytest.raises(UnsupportedFormatError, match="baseline and progressive are read"):
            read_header(BASELINE[: at + 1] + bytes((marker,)) + BASELINE[at + 2 :], LIMITS)

    def test_twelve_bits_are_unsupported(self) -> None:
        at = frame_at(BASELINE) + 4
        with pytest.raises(UnsupportedFormatError):
            read_header(BASELINE[:at] + b"\x0c" + BASELINE[at + 1 :], LIMITS)

    @pytest.mark.parametrize("offset", [5, 7])
    def test_no_height_or_width_is_refused(self, offset: int) -> None:
        at = frame_at(BASELINE) + offset
        with pytest.raises(NotAPhotoError):
            read_header(BASELINE[:at] + b"\x00\x00" + BASELINE[at + 2 :], LIMITS)

    @pytest.mark.parametrize("filler", [b"\xff\xfe\x00\x02", b"\xff", b"\xff\xd0"], ids=["comment", "fill", "restart"])
    def test_endless_headers_end(self, filler: bytes) -> None:
        with pytest.raises(NotAPhotoError):
            read_header(b"\xff\xd8" + filler * 1_000_000, LIMITS)

    def test_too_many_scans_are_refused(self) -> None:
        at = PROGRESSIVE.rindex(b"\xff\xda")
        last_scan = PROGRESSIVE[at:-2]
        with pytest.raises(NotAPhotoError, match=f"more than {jpeg.MAX_SCANS} scans"):
            read_header(PROGRESSIVE[:-2] + last_scan * 100 + PROGRESSIVE[-2:], LIMITS)

    def test_profile_chunks_are_put_in_order(self) -> None:
        def chunk(number: int, body: bytes) -> bytes:
            content = b"ICC_PROFILE\x00" + bytes((number, 2)) + body
            return b"\xff\xe2" + (len(content) + 2).to_bytes(2, "big") + content

        data = BASELINE[:2] + chunk(2, b"world") + chunk(1, b"hello ") + BASELINE[2:]
        assert jpeg.read_header(data).icc == b"hello world"


class TestQuality:
    @pytest.mark.parametrize("quality", range(1, 101))
    def test_libjpeg_is_told_exactly(self, quality: int) -> None:
        data = simplejpeg.encode_jpeg(np.zeros((8, 8, 3), np.uint8), quality)
        estimate = read_header(data, LIMITS).jpeg_quality
        assert estimate is not None
        # Below 3 all entries are clipped to 255, above 98 rounding makes neighbours alike.
        assert abs(estimate - quality) <= (1 if quality < 5 else 0)

    def test_tables_of_sixteen_bits(self) -> None:
        table = np.array(jpeg._LUMA_TABLE * 2, ">u2")
        assert jpeg.estimate_quality(table.tobytes()) == 25

    def test_others_are_in_range(self) -> None:
        for entry in (1, 7, 40, 255):
            assert 1 <= jpeg.estimate_quality(bytes([entry] * 64)) <= 100

    def test_chroma_is_kept_whole_at_the_top(self) -> None:
        for quality, expected in ((90, "420"), (94, "420"), (95, "444")):
            data = jpeg.encode(scene(), quality, None, None)
            assert simplejpeg.decode_jpeg_header(data)[3] == expected


def test_rgb_and_other_subsamplings_are_read() -> None:
    for options in ({"keep_rgb": True}, {"subsampling": 0}, {"subsampling": 1}, {"optimize": True}):
        image = decode(encoded(scene(), ImageFormat.JPEG, quality=92, **options), LIMITS).image
        assert np.abs(image.astype(int) - scene()).mean() < 3.5
