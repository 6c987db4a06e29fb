"""Orientation is applied once, whatever the format, and its flag is reset."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pillow_heif
import pytest
from PIL import Image as PillowImage
from PIL import ImageOps

from imaging.codec import EncodeOptions, decode, decode_view, encode, read_header
from imaging.exif import orientation as orientation_of
from imaging.formats import ImageFormat
from imaging.image import Image, check_image
from imaging.orientation import displayed_size, upright
from tests.imaging.files import LIMITS, READ, WRITTEN, encoded, exif_with, png, png_chunk, scene

ORIENTATION = 0x0112


def transposed(stored: Image, orientation: int) -> Image:
    """What Pillow's own implementation shows."""
    picture = PillowImage.fromarray(stored)
    picture.getexif()[ORIENTATION] = orientation
    shown = ImageOps.exif_transpose(picture)
    assert shown is not None
    return np.asarray(shown)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_upright(orientation: int) -> None:
    stored = scene(31, 20)
    shown = upright(stored, orientation)
    assert np.array_equal(shown, transposed(stored, orientation))
    assert np.array_equal(upright(stored[..., 0].copy(), orientation), shown[..., 0])
    assert displayed_size(31, 20, orientation) == (shown.shape[1], shown.shape[0])
    check_image(shown)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", WRITTEN)
def test_is_applied_and_reset(file_format: ImageFormat, orientation: int) -> None:
    stored = scene(96, 64)
    data = encoded(stored, file_format, exif=exif_with({ORIENTATION: orientation}), quality=95)
    expected = transposed(stored, orientation)
    header = read_header(data, LIMITS)
    photo = decode(data, LIMITS)
    _, view = decode_view(data, LIMITS)
    assert (header.height, header.width) == expected.shape[:2]
    for shown in (photo.image, view.image):
        assert shown.shape == expected.shape
        assert np.abs(shown.astype(int) - expected).mean() < 4
    again = encode(photo, EncodeOptions())
    assert read_header(again, LIMITS).orientation == 1
    assert PillowImage.open(BytesIO(again)).getexif().get(ORIENTATION, 1) == 1
    assert decode(again, LIMITS).image.shape == expected.shape


@pytest.mark.parametrize("orientation", [3, 6])
def test_max_side_and_view_count_in_displayed_pixels(orientation: int) -> None:
    data = encoded(scene(1400, 700), ImageFormat.JPEG, exif=exif_with({ORIENTATION: orientation}))
    expected = (350, 700, 3) if orientation == 3 else (700, 350, 3)
    assert decode(data, LIMITS, max_side=700).image.shape == expected
    assert decode_view(data, LIMITS)[1].image.shape == expected


@pytest.mark.parametrize("orientation", range(1, 9))
def test_heic_is_not_turned_twice(orientation: int) -> None:
    # pillow-heif writes the orientation as the file's own transformation, which libheif undoes when reading;
    # phones also leave it in EXIF, where it must then be ignored.
    stored = scene(96, 64)
    exif = exif_with({ORIENTATION: orientation})
    data = encoded(stored, ImageFormat.HEIC, exif=exif, quality=95)
    expected = transposed(stored, orientation)
    header = read_header(data, LIMITS)
    photo = decode(data, LIMITS)
    assert (header.height, header.width) == expected.shape[:2]
    assert np.abs(photo.image.astype(int) - expected).mean() < 4
    assert orientation_of(photo.metadata.exif) == 1


def test_heic_with_an_orientation_in_exif_only() -> None:
    out = BytesIO()
    file = pillow_heif.from_pillow(PillowImage.fromarray(scene(96, 64)))
    file.save(out, exif=exif_with({ORIENTATION: 1, 0x010F: "Maker"}))
    one, six = b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x01", b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06"
    data = out.getvalue().replace(one, six)
    assert six in data
    photo = decode(data, LIMITS)
    assert photo.image.shape == (64, 96, 3)
    assert orientation_of(photo.metadata.exif) == 1


def test_a_png_may_say_so_after_its_pixels() -> None:
    whole = encoded(scene(96, 64), ImageFormat.PNG)
    exif = png_chunk(b"eXIf", exif_with({ORIENTATION: 6})[6:])
    late = whole[:-12] + exif + whole[-12:]
    assert read_header(late, LIMITS).height == 96
    assert decode(late, LIMITS).image.shape == (96, 64, 3)


@pytest.mark.parametrize("read_format", READ)
def test_alpha_is_turned_too(read_format: ImageFormat) -> None:
    if read_format is ImageFormat.JPEG:
        pytest.skip("JPEG has no alpha")
    picture = PillowImage.fromarray(scene(96, 64)).convert("RGBA")
    picture.putalpha(PillowImage.linear_gradient("L").resize((96, 64)))
    photo = decode(encoded(picture, read_format, exif=exif_with({ORIENTATION: 6})), LIMITS)
    assert photo.alpha is not None
    assert photo.alpha.shape == (96, 64)
    assert photo.alpha[:, 0].mean() > 245  # the bottom, now at the left
    assert photo.alpha[:, -1].mean() < 10


def test_nonsense_is_no_orientation() -> None:
    for value in (0, 9, 65535):
        data = encoded(scene(), ImageFormat.JPEG, exif=exif_with({ORIENTATION: value}))
        assert read_header(data, LIMITS).orientation == 1
    assert png(1, 1)
