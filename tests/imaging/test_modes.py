"""Every kind of sample is read properly: grey, palettes, alpha, 16 bits, CMYK, animation."""

from __future__ import annotations

import dataclasses
import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray
from PIL import Image as PillowImage

from imaging.codec import EncodeOptions, Photo, decode, decode_view, encode, read_header
from imaging.formats import ImageFormat
from imaging.image import Plane, check_image
from tests.imaging.files import LIMITS, READ, WRITTEN, encoded, png, png_chunk, scene

ALPHA_FORMATS = [ImageFormat.PNG, ImageFormat.WEBP, ImageFormat.AVIF]
READ_ALPHA_FORMATS = [*ALPHA_FORMATS, ImageFormat.HEIC]


def gradient() -> Plane:
    return np.tile(np.linspace(0, 255, 96).astype(np.uint8), (64, 1))


def translucent() -> PillowImage.Image:
    picture = PillowImage.fromarray(scene())
    picture.putalpha(PillowImage.fromarray(gradient()))
    return picture


def opacity_of(photo: Photo) -> Plane:
    assert photo.alpha is not None
    return photo.alpha


def png16(samples: NDArray[np.uint16], colour_type: int, *chunks: bytes) -> bytes:
    """A 16-bit PNG, written here because Pillow cannot."""
    rows = b"".join(b"\x00" + row.astype(">u2").tobytes() for row in samples)
    height, width = samples.shape[:2]
    return png(width, height, *chunks, png_chunk(b"IDAT", zlib.compress(rows)), depth=16, colour_type=colour_type)


@pytest.mark.parametrize("file_format", READ)
def test_grey_becomes_equal_channels(file_format: ImageFormat) -> None:
    grey = PillowImage.fromarray(scene()).convert("L")
    image = decode(encoded(grey, file_format, quality=95), LIMITS).image
    check_image(image)
    assert np.ptp(image, axis=2).max() <= 1
    assert np.abs(image[..., 0].astype(int) - np.asarray(grey)).mean() < 2


def test_one_bit() -> None:
    picture = PillowImage.fromarray(scene()).convert("1")
    image = decode(encoded(picture, ImageFormat.PNG), LIMITS).image
    assert set(np.unique(image)) == {0, 255}
    assert np.array_equal(image[..., 0] > 0, np.asarray(picture))


class TestPalette:
    def test_opaque(self) -> None:
        picture = PillowImage.fromarray(scene()).quantize(64)
        photo = decode(encoded(picture, ImageFormat.PNG), LIMITS)
        assert np.array_equal(photo.image, np.asarray(picture.convert("RGB")))
        assert photo.alpha is None

    def test_one_transparent_entry(self) -> None:
        picture = PillowImage.fromarray(scene()).quantize(16)
        photo = decode(encoded(picture, ImageFormat.PNG, transparency=3), LIMITS)
        assert photo.alpha is not None
        assert np.array_equal(photo.alpha == 0, np.asarray(picture) == 3)

    def test_opacity_by_entry(self) -> None:
        picture = PillowImage.fromarray(scene()).quantize(16)
        opacity = bytes(range(0, 256, 16))
        data = encoded(picture, ImageFormat.PNG, transparency=opacity)
        photo = decode(data, LIMITS)
        assert read_header(data, LIMITS).has_alpha
        assert np.array_equal(opacity_of(photo), np.frombuffer(opacity, np.uint8)[np.asarray(picture)])


class TestAlpha:
    @pytest.mark.parametrize("file_format", READ_ALPHA_FORMATS)
    @pytest.mark.parametrize("mode", ["RGBA", "LA"])
    def test_is_read(self, file_format: ImageFormat, mode: str) -> None:
        data = encoded(translucent().convert(mode), file_format, quality=95)
        photo = decode(data, LIMITS)
        check_image(photo.image)
        assert read_header(data, LIMITS).has_alpha
        assert photo.alpha is not None
        assert np.abs(photo.alpha.astype(int) - gradient()).mean() < 2
        assert photo.alpha.flags.c_contiguous

    @pytest.mark.parametrize("file_format", ALPHA_FORMATS)
    def test_is_written(self, file_format: ImageFormat) -> None:
        photo = decode(encoded(translucent(), ImageFormat.PNG), LIMITS)
        again = decode(encode(photo, EncodeOptions(file_format, 95)), LIMITS)
        assert again.alpha is not None
        assert np.abs(again.alpha.astype(int) - gradient()).mean() < 2
        opaque = gradient() > 200
        assert np.abs(again.image.astype(int) - scene())[opaque].mean() < 4

    def test_is_replaced_with_the_image(self) -> None:
        photo = decode(encoded(translucent(), ImageFormat.PNG), LIMITS)
        assert photo.alpha is not None
        cropped = dataclasses.replace(photo, image=photo.image[:20, :30], alpha=photo.alpha[:20, :30])
        again = decode(encode(cropped, EncodeOptions()), LIMITS)
        assert np.array_equal(opacity_of(again), opacity_of(cropped))
        assert np.array_equal(again.image, cropped.image)

    def test_is_laid_on_white_in_a_jpeg(self) -> None:
        photo = decode(encoded(translucent(), ImageFormat.PNG), LIMITS)
        shown = decode(encode(photo, EncodeOptions(ImageFormat.JPEG, 97)), LIMITS).image
        white = PillowImage.new("RGBA", (96, 64), "white")
        expected = np.asarray(PillowImage.alpha_composite(white, translucent()).convert("RGB"))
        assert np.abs(shown.astype(int) - expected).mean() < 2
        assert shown[:, 0].min() > 250

    def test_shrinks_along(self) -> None:
        photo = decode(encoded(translucent(), ImageFormat.PNG), LIMITS, max_side=48)
        assert photo.alpha is not None
        assert photo.alpha.shape == photo.image.shape[:2] == (32, 48)

    def test_a_colour_named_transparent(self) -> None:
        key = tuple(int(code) for code in scene()[5, 5])
        photo = decode(encoded(scene(), ImageFormat.PNG, transparency=key), LIMITS)
        assert photo.alpha is not None
        assert np.array_equal(photo.alpha == 0, (scene() == key).all(axis=2))


class TestSixteenBits:
    """Any 8-bit photo widened to 16 bits comes back as it was, and between the steps the error is below one code."""

    samples = scene().astype(np.uint16) * 257
    alpha = gradient().astype(np.uint16)[..., None] * 257

    @pytest.mark.parametrize("low_byte", [0, 37, 255])
    def test_rgb(self, low_byte: int) -> None:
        photo = decode(png16(scene().astype(np.uint16) * 256 + low_byte, 2), LIMITS)
        assert np.array_equal(photo.image, scene())

    @pytest.mark.parametrize("low_byte", [0, 37, 255])
    def test_grey(self, low_byte: int) -> None:
        photo = decode(png16(scene()[..., 1].astype(np.uint16) * 256 + low_byte, 0), LIMITS)
        assert np.array_equal(photo.image, np.repeat(scene()[..., 1:2], 3, axis=2))

    def test_rgb_with_alpha(self) -> None:
        photo = decode(png16(np.concatenate([self.samples, self.alpha], axis=2), 6), LIMITS)
        assert np.array_equal(photo.image, scene())
        assert np.array_equal(opacity_of(photo), gradient())

    def test_grey_with_alpha(self) -> None:
        photo = decode(png16(np.concatenate([self.samples[..., :1], self.alpha], axis=2), 4), LIMITS)
        assert np.array_equal(photo.image[..., 2], scene()[..., 0])
        assert np.array_equal(opacity_of(photo), gradient())

    @pytest.mark.parametrize(("colour_type", "channels"), [(0, 1), (2, 3)])
    def test_a_colour_named_transparent(self, colour_type: int, channels: int) -> None:
        samples = self.samples[..., :channels].squeeze()
        key = samples[5, 5]
        chunk = png_chunk(b"tRNS", np.atleast_1d(key).astype(">u2").tobytes())
        photo = decode(png16(samples, colour_type, chunk), LIMITS)
        expected = (np.atleast_3d(samples) == key).all(axis=2)
        assert photo.alpha is not None
        assert np.array_equal(photo.alpha == 0, expected)

    def test_view(self) -> None:
        _, view = decode_view(png16(self.samples, 2), LIMITS)
        assert np.array_equal(view.image, scene())


class TestCmyk:
    @pytest.mark.parametrize("file_format", [*WRITTEN])
    def test_is_written_as_rgb(self, file_format: ImageFormat) -> None:
        data = encoded(PillowImage.fromarray(scene()).convert("CMYK"), ImageFormat.JPEG, quality=95)
        photo = decode(data, LIMITS)
        assert read_header(data, LIMITS).jpeg_quality == 95
        assert np.abs(photo.image.astype(int) - scene()).mean() < 4
        assert decode(encode(photo, EncodeOptions(file_format)), LIMITS).image.shape == scene().shape

    def test_view_and_max_side(self) -> None:
        data = encoded(PillowImage.fromarray(scene(1300, 70)).convert("CMYK"), ImageFormat.JPEG)
        _, view = decode_view(data, LIMITS)
        assert view.image.shape == (35, 650, 3)
        assert view.jpeg_quality == 75
        assert decode(data, LIMITS, 100).image.shape == (5, 100, 3)


def animated(file_format: ImageFormat) -> bytes:
    frames = [PillowImage.fromarray(scene()), PillowImage.fromarray(255 - scene())]
    if file_format is ImageFormat.HEIC:
        out = BytesIO()
        file = pillow_heif.from_pillow(frames[0])
        file.add_from_pillow(frames[1])
        file.save(out, quality=95)
        return out.getvalue()
    options: dict[str, Any] = {} if file_format is ImageFormat.PNG else {"quality": 95}
    return encoded(frames[0], file_format, save_all=True, append_images=frames[1:], duration=100, **options)


@pytest.mark.parametrize("file_format", READ_ALPHA_FORMATS)
def test_an_animation_gives_its_first_frame(file_format: ImageFormat) -> None:
    data = animated(file_format)
    assert read_header(data, LIMITS).animated
    for image in (decode(data, LIMITS).image, decode_view(data, LIMITS)[1].image):
        assert np.abs(image.astype(int) - scene()).mean() < 4
    assert not read_header(encode(decode(data, LIMITS), EncodeOptions()), LIMITS).animated


def test_a_heic_gives_its_primary_image() -> None:
    out = BytesIO()
    file = pillow_heif.from_pillow(PillowImage.fromarray(255 - scene()))
    file.add_from_pillow(PillowImage.fromarray(scene()))
    file.save(out, quality=95, primary_index=1)
    assert np.abs(decode(out.getvalue(), LIMITS).image.astype(int) - scene()).mean() < 4


def test_a_heic_of_tiles_is_put_together() -> None:
    # Phones write a grid of 512-pixel tiles.
    data = encoded(scene(300, 200), ImageFormat.HEIC, tile_size=128, quality=95)
    assert b"grid" in data
    assert np.abs(decode(data, LIMITS).image.astype(int) - scene(300, 200)).mean() < 4


def test_a_second_frame_larger_than_the_caps_is_never_decoded() -> None:
    huge = png_chunk(b"fcTL", struct.pack(">5I2H2B", 1, 60_000, 60_000, 0, 0, 1, 10, 0, 0))
    plain = encoded(scene(), ImageFormat.PNG)
    data = plain[:33] + png_chunk(b"acTL", struct.pack(">II", 2, 0)) + plain[33:-12] + huge + plain[-12:]
    assert np.array_equal(decode(data, LIMITS).image, scene())
