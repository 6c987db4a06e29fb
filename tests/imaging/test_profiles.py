"""Colour profiles: wide gamuts are kept, odd spaces converted, broken profiles dropped."""

from __future__ import annotations

import dataclasses
import itertools
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL import ImageCms

from imaging import cicp, profiles
from imaging.codec import EncodeOptions, decode, decode_view, encode
from imaging.errors import NotAPhotoError
from imaging.formats import ImageFormat
from imaging.image import Image
from imaging.metadata import Metadata
from imaging.profiles import Treatment
from tests.imaging.files import (
    LIMITS,
    READ,
    WRITTEN,
    display_p3,
    encoded,
    grey_profile,
    png,
    png_chunk,
    scene,
    table_profile,
)

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
RED = np.full((16, 16, 3), (255, 0, 0), np.uint8)


def one(*codes: int) -> Image:
    return np.array([[codes]], np.uint8)


def cmyk_profile() -> bytes:
    corners = [
        (100 * (1 - 0.4 * c) * (1 - 0.5 * m) * (1 - 0.1 * y) * (1 - 0.9 * k), 60 * m - 35 * c, 70 * y - 40 * c)
        for c, m, y, k in itertools.product((0.0, 1.0), repeat=4)
    ]
    return table_profile(b"CMYK", tuple(corners))


def rgb_tables() -> bytes:
    corners = [
        (30 * r + 60 * g + 10 * b, 80 * (r - g), 80 * (g - b)) for r, g, b in itertools.product((0.0, 1.0), repeat=3)
    ]
    return table_profile(b"RGB ", tuple(corners))


class TestTreatment:
    def test_rgb_by_matrix_is_attached(self) -> None:
        assert profiles.treatment(display_p3(), "RGB") is Treatment.ATTACH
        assert profiles.treatment(SRGB, "RGB") is Treatment.ATTACH

    def test_a_grey_file_may_have_an_rgb_profile(self) -> None:
        assert profiles.treatment(display_p3(), "L") is Treatment.ATTACH

    def test_other_spaces_are_converted(self) -> None:
        assert profiles.treatment(grey_profile(1.8), "L") is Treatment.CONVERT
        assert profiles.treatment(cmyk_profile(), "CMYK") is Treatment.CONVERT
        assert profiles.treatment(rgb_tables(), "RGB") is Treatment.CONVERT

    def test_profiles_of_another_space_are_dropped(self) -> None:
        assert profiles.treatment(display_p3(), "CMYK") is Treatment.DROP
        assert profiles.treatment(cmyk_profile(), "RGB") is Treatment.DROP
        assert profiles.treatment(grey_profile(1.8), "RGB") is Treatment.DROP

    @pytest.mark.parametrize("icc", [b"junk", bytes(128), SRGB[:200], SRGB[:36] + b"xxxx" + SRGB[40:]])
    @pytest.mark.parametrize("file_format", READ)
    def test_broken_ones_are_dropped(self, file_format: ImageFormat, icc: bytes) -> None:
        assert profiles.treatment(icc, "RGB") is Treatment.DROP
        photo = decode(encoded(scene(), file_format, icc_profile=icc), LIMITS)
        assert photo.metadata.icc is None
        assert photo.image.shape == scene().shape

    def test_a_png_chunk_that_does_not_inflate_is_dropped(self) -> None:
        plain = encoded(scene(), ImageFormat.PNG)
        data = plain[:33] + png_chunk(b"iCCP", b"name\x00\x00no zlib") + plain[33:]
        assert decode(data, LIMITS).metadata.icc is None

    def test_giant_ones_are_dropped(self) -> None:
        assert profiles.treatment(SRGB + bytes(profiles.MAX_ICC_BYTES), "RGB") is Treatment.DROP

    def test_is_srgb(self) -> None:
        assert profiles.is_srgb(SRGB)
        assert not profiles.is_srgb(display_p3())


class TestDisplayP3:
    @pytest.mark.parametrize("file_format", READ)
    def test_pixels_are_left_alone_and_the_profile_travels(self, file_format: ImageFormat) -> None:
        photo = decode(encoded(scene(), file_format, icc_profile=display_p3(), quality=95), LIMITS)
        assert photo.metadata.icc == display_p3()
        assert np.abs(photo.image.astype(int) - scene()).mean() < 4
        result = encode(photo, EncodeOptions())
        assert PillowImage.open(BytesIO(result)).info["icc_profile"] == display_p3()

    @pytest.mark.parametrize("file_format", WRITTEN)
    def test_stripped_means_converted(self, file_format: ImageFormat) -> None:
        pixels = np.full((16, 16, 3), (200, 100, 50), np.uint8)
        photo = decode(encoded(pixels, ImageFormat.PNG, icc_profile=display_p3()), LIMITS)
        data = encode(photo, EncodeOptions(file_format, 95, keep_metadata=False))
        assert "icc_profile" not in PillowImage.open(BytesIO(data)).info
        shown = decode(data, LIMITS).image.astype(int)
        assert np.abs(shown - (216, 93, 24)).max() <= 4  # worked out from the primaries

    def test_srgb_is_stripped_without_touching_pixels(self) -> None:
        photo = decode(encoded(scene(), ImageFormat.PNG, icc_profile=SRGB), LIMITS)
        again = decode(encode(photo, EncodeOptions(keep_metadata=False)), LIMITS)
        assert again.metadata.icc is None
        assert np.array_equal(again.image, photo.image)

    def test_a_large_profile_is_cut_into_segments(self) -> None:
        large = display_p3() + bytes(150_000)
        large = (len(large)).to_bytes(4, "big") + large[4:]
        photo = dataclasses.replace(decode(encoded(scene(), ImageFormat.PNG), LIMITS), metadata=Metadata(None, large))
        data = encode(photo, EncodeOptions(ImageFormat.JPEG))
        assert data.count(b"ICC_PROFILE\x00") == 3
        assert PillowImage.open(BytesIO(data)).info["icc_profile"] == large
        assert decode(data, LIMITS).metadata.icc == large


class TestConverted:
    def test_cmyk_goes_through_its_profile(self) -> None:
        ink = PillowImage.new("CMYK", (16, 16), (0, 255, 255, 0))
        with_profile = encoded(ink, ImageFormat.JPEG, icc_profile=cmyk_profile(), quality=98)
        expected = profiles.to_srgb(one(0, 255, 255, 0), cmyk_profile())[0, 0].astype(int)
        for image in (decode(with_profile, LIMITS).image, decode_view(with_profile, LIMITS)[1].image):
            assert np.abs(image.astype(int) - expected).max() <= 3
        plain = decode(encoded(ink, ImageFormat.JPEG, quality=98), LIMITS)
        assert np.abs(plain.image.astype(int) - (255, 0, 0)).max() <= 3
        assert plain.metadata.icc is None

    def test_cmyk_paper_is_white_and_full_ink_dark(self) -> None:
        pixels = np.zeros((16, 32, 4), np.uint8)
        pixels[:, 16:] = 255
        picture = PillowImage.fromarray(pixels, mode="CMYK")
        for options in ({}, {"icc_profile": cmyk_profile()}):
            image = decode(encoded(picture, ImageFormat.JPEG, quality=98, **options), LIMITS).image
            assert image[8, 4].min() > 245
            assert image[8, 28].max() < 60

    @pytest.mark.parametrize("file_format", [ImageFormat.JPEG, ImageFormat.PNG])
    def test_grey_goes_through_its_profile(self, file_format: ImageFormat) -> None:
        grey = PillowImage.new("L", (16, 16), 128)
        photo = decode(encoded(grey, file_format, icc_profile=grey_profile(1.8)), LIMITS)
        assert photo.metadata.icc is None
        assert np.abs(photo.image.astype(int) - 146).max() <= 1  # sRGB code of (128/255)^1.8

    def test_rgb_tables_are_applied(self) -> None:
        data = encoded(RED, ImageFormat.PNG, icc_profile=rgb_tables())
        photo = decode(data, LIMITS)
        assert photo.metadata.icc is None
        assert np.array_equal(photo.image[0, 0], profiles.to_srgb(one(255, 0, 0), rgb_tables())[0, 0])
        assert not np.array_equal(photo.image, RED)


class TestCodePoints:
    def test_display_p3(self) -> None:
        made = cicp.profile(12, 13)
        assert made is not None
        assert profiles.treatment(made, "RGB") is Treatment.ATTACH
        shown = profiles.to_srgb(np.array([[(234, 51, 35), (128, 128, 128), (255, 255, 255)]], np.uint8), made)
        # sRGB's red is (234, 51, 35) in Display P3 (CSS Color 4); neutrals are the same in both.
        assert np.abs(shown[0].astype(int) - [(255, 0, 0), (128, 128, 128), (255, 255, 255)]).max() <= 2

    def test_bt2020_neutrals_stay_neutral(self) -> None:
        made = cicp.profile(9, 4)
        assert made is not None
        shown = profiles.to_srgb(one(128, 128, 128), made)[0, 0].astype(int)
        assert np.ptp(shown) <= 1

    @pytest.mark.parametrize("code_points", [(1, 13), (2, 2), (12, 16), (9, 18), (0, 0), (255, 255)])
    def test_others_mean_srgb(self, code_points: tuple[int, int]) -> None:
        assert cicp.profile(*code_points) is None

    def test_in_a_png(self) -> None:
        plain = encoded(scene(), ImageFormat.PNG)
        data = plain[:33] + png_chunk(b"cICP", bytes((12, 13, 0, 1))) + plain[33:]
        assert decode(data, LIMITS).metadata.icc == cicp.profile(12, 13)

    def test_in_an_avif(self) -> None:
        plain = encoded(scene(), ImageFormat.AVIF)
        at = plain.index(b"colrnclx") + 8
        data = plain[:at] + bytes((0, 12, 0, 13)) + plain[at + 4 :]
        assert decode(data, LIMITS).metadata.icc == cicp.profile(12, 13)
        assert decode(plain, LIMITS).metadata.icc is None

    def test_in_a_heic(self) -> None:
        data = encoded(scene(), ImageFormat.HEIC, color_primaries=12, transfer_characteristics=13)
        assert decode(data, LIMITS).metadata.icc == cicp.profile(12, 13)
        assert decode(encoded(scene(), ImageFormat.HEIC), LIMITS).metadata.icc is None


def test_a_bomb_of_a_profile_is_bounded() -> None:
    bomb = png_chunk(b"iCCP", b"name\x00\x00" + zlib.compress(bytes(100_000_000), 9))
    with pytest.raises(NotAPhotoError):
        decode(png(1, 1, bomb, png_chunk(b"IDAT", zlib.compress(bytes(4)))), LIMITS)
