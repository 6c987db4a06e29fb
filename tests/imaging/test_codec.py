"""The codec's contract, over every format."""

from __future__ import annotations

import dataclasses
import pickle
from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image as PillowImage

from imaging.codec import EncodeOptions, Photo, decode, decode_view, encode, read_header, shrink
from imaging.errors import (
    BadUploadError,
    InvalidParameterError,
    NotAPhotoError,
    TooManyBytesError,
    TooManyPixelsError,
    UnsupportedFormatError,
)
from imaging.formats import ImageFormat
from imaging.image import Image
from imaging.limits import Limits
from imaging.metadata import Metadata
from imaging.view import MIN_LONG_SIDE_PX, View
from tests.imaging.files import LIMITS, READ, WRITTEN, encoded, png, png_chunk, scene

MAX_MEAN_ERROR = {
    ImageFormat.JPEG: 3.0,
    ImageFormat.PNG: 0.0,
    ImageFormat.WEBP: 3.5,
    ImageFormat.AVIF: 3.5,
    ImageFormat.HEIC: 3.5,
}


def mean_error(a: Image, b: Image) -> float:
    return float(np.abs(a.astype(int) - b).mean())


@pytest.mark.parametrize("file_format", READ)
def test_reads(file_format: ImageFormat) -> None:
    data = encoded(scene(97, 63), file_format, quality=95)
    header = read_header(data, LIMITS)
    photo = decode(data, LIMITS)
    assert (header.format, header.width, header.height) == (file_format, 97, 63)
    assert (header.jpeg_quality == 95) == (file_format is ImageFormat.JPEG)
    assert not header.has_alpha
    assert not header.animated
    assert photo.format is file_format
    assert photo.alpha is None
    assert mean_error(photo.image, scene(97, 63)) <= MAX_MEAN_ERROR[file_format]


@pytest.mark.parametrize("file_format", WRITTEN)
def test_writes_what_it_reads(file_format: ImageFormat) -> None:
    photo = decode(encoded(scene(), ImageFormat.PNG), LIMITS)
    again = decode(encode(photo, EncodeOptions(file_format, quality=95)), LIMITS)
    assert again.format is file_format
    assert mean_error(again.image, scene()) <= MAX_MEAN_ERROR[file_format]


@pytest.mark.parametrize("file_format", READ)
def test_the_result_has_the_format_of_the_input(file_format: ImageFormat) -> None:
    result = encode(decode(encoded(scene(), file_format), LIMITS), EncodeOptions())
    expected = ImageFormat.JPEG if file_format is ImageFormat.HEIC else file_format
    assert read_header(result, LIMITS).format is expected


@pytest.mark.parametrize("file_format", READ)
def test_every_kind_of_buffer_is_read_and_none_is_changed(file_format: ImageFormat) -> None:
    data = encoded(scene(), file_format)
    array = np.frombuffer(data, np.uint8)
    assert not array.flags.writeable
    results = [decode(buffer, LIMITS).image for buffer in (data, memoryview(data), array, array.copy())]
    assert all(np.array_equal(results[0], result) for result in results)


@pytest.mark.parametrize("file_format", READ)
def test_is_deterministic(file_format: ImageFormat) -> None:
    data = encoded(scene(), file_format)
    first, second = decode(data, LIMITS), decode(data, LIMITS)
    assert np.array_equal(first.image, second.image)
    assert encode(first, EncodeOptions()) == encode(second, EncodeOptions())


def test_a_photo_survives_a_repair_and_a_process_border() -> None:
    photo = decode(encoded(scene(), ImageFormat.JPEG), LIMITS)
    buffers: list[pickle.PickleBuffer] = []
    packed = pickle.dumps(photo, protocol=5, buffer_callback=buffers.append)
    assert len(packed) < 1000  # pixels travel beside the pickle
    arrived = pickle.loads(packed, buffers=buffers)
    repaired = dataclasses.replace(arrived, image=255 - arrived.image[:40, :50])
    assert decode(encode(repaired, EncodeOptions()), LIMITS).image.shape == (40, 50, 3)


def test_strided_pixels_are_written() -> None:
    photo = decode(encoded(scene(), ImageFormat.PNG), LIMITS)
    cropped = dataclasses.replace(photo, image=photo.image[3:50, 5:61], alpha=None)
    for file_format in WRITTEN:
        again = decode(encode(cropped, EncodeOptions(file_format, 95)), LIMITS)
        assert mean_error(again.image, cropped.image) <= MAX_MEAN_ERROR[file_format]


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (2, 1), (2000, 3)])
@pytest.mark.parametrize("file_format", READ)
def test_odd_sizes(file_format: ImageFormat, size: tuple[int, int]) -> None:
    width, height = size
    data = encoded(np.full((height, width, 3), 90, np.uint8), file_format)
    photo = decode(data, LIMITS)
    assert photo.image.shape == (height, width, 3)
    assert mean_error(photo.image, np.full_like(photo.image, 90)) < 4
    assert decode_view(data, LIMITS)[1].image.shape[2] == 3
    for written in WRITTEN:
        assert decode(encode(photo, EncodeOptions(written)), LIMITS).image.shape == (height, width, 3)


def test_a_very_long_photo_is_read() -> None:
    data = encoded(np.zeros((10, 20_000, 3), np.uint8), ImageFormat.PNG)
    photo = decode(data, LIMITS)
    assert photo.image.shape == (10, 20_000, 3)
    assert decode_view(data, LIMITS)[1].image.shape == (1, 2500, 3)
    assert decode(encode(photo, EncodeOptions(ImageFormat.JPEG)), LIMITS).image.shape == (10, 20_000, 3)
    with pytest.raises(InvalidParameterError, match="webp file is at most 16383 pixels"):
        encode(photo, EncodeOptions(ImageFormat.WEBP))


class TestMaxSide:
    @pytest.mark.parametrize("file_format", READ)
    @pytest.mark.parametrize("max_side", [300, 150, 100, 37, 1])
    def test_shrinks_in_proportion(self, file_format: ImageFormat, max_side: int) -> None:
        photo = decode(encoded(scene(300, 200), file_format, quality=95), LIMITS, max_side)
        assert photo.image.shape == (max(1, round(max_side * 200 / 300)), max_side, 3)
        height, width = photo.image.shape[:2]
        expected = cv2.resize(scene(300, 200), (width, height), interpolation=cv2.INTER_AREA)
        assert mean_error(photo.image, expected) < 3

    def test_never_enlarges(self) -> None:
        assert decode(encoded(scene(), ImageFormat.JPEG), LIMITS, 5000).image.shape == scene().shape

    def test_must_be_positive(self) -> None:
        with pytest.raises(ValueError, match="max_side"):
            decode(encoded(scene(), ImageFormat.JPEG), LIMITS, 0)


class TestView:
    @pytest.mark.parametrize("file_format", READ)
    @pytest.mark.parametrize(("width", "factor"), [(1279, 1), (1280, 2), (2563, 4)])
    def test_is_the_reduced_photo(self, file_format: ImageFormat, width: int, factor: int) -> None:
        pixels = scene(width, 160)
        data = encoded(pixels, file_format, quality=95)
        header, view = decode_view(data, LIMITS)
        expected = View.of(pixels)
        assert header == read_header(data, LIMITS)
        assert view.factor == expected.factor == factor
        assert max(view.image.shape[:2]) >= MIN_LONG_SIDE_PX
        assert view.jpeg_quality == header.jpeg_quality
        height, width = (min(a, b) for a, b in zip(view.image.shape[:2], expected.image.shape[:2], strict=True))
        assert view.image.shape[0] - height <= 1
        assert view.image.shape[1] - width <= 1
        assert mean_error(view.image[:height, :width], expected.image[:height, :width]) < 4


class TestLimits:
    @pytest.mark.parametrize("file_format", READ)
    def test_pixels(self, file_format: ImageFormat) -> None:
        data = encoded(scene(100, 50), file_format)
        decode(data, Limits(max_pixels=5000))
        for read in (read_header, decode, decode_view):
            with pytest.raises(TooManyPixelsError):
                read(data, Limits(max_pixels=4999))

    def test_message_says_how_many(self) -> None:
        with pytest.raises(TooManyPixelsError, match="this has 81 megapixels, at most 50 are accepted"):
            read_header(png(9000, 9000, png_chunk(b"IDAT", b"")), Limits())
        with pytest.raises(TooManyBytesError, match=r"this has 30.1 MB, at most 30 are accepted"):
            read_header(bytes(30_100_000), Limits())

    def test_bytes(self) -> None:
        data = encoded(scene(), ImageFormat.JPEG)
        read_header(data, Limits(max_bytes=len(data)))
        with pytest.raises(TooManyBytesError):
            decode(data, Limits(max_bytes=len(data) - 1))

    def test_empty(self) -> None:
        for data in (b"", memoryview(b""), np.empty(0, np.uint8)):
            with pytest.raises(BadUploadError):
                decode(data, LIMITS)


class TestOptions:
    def test_heic_is_not_written(self) -> None:
        photo = decode(encoded(scene(), ImageFormat.HEIC), LIMITS)
        with pytest.raises(UnsupportedFormatError, match="jpeg, png, webp or avif"):
            encode(photo, EncodeOptions(ImageFormat.HEIC))

    @pytest.mark.parametrize("quality", [0, 101, -5])
    def test_quality_out_of_range(self, quality: int) -> None:
        photo = decode(encoded(scene(), ImageFormat.PNG), LIMITS)
        with pytest.raises(InvalidParameterError, match="between 1 and 100"):
            encode(photo, EncodeOptions(quality=quality))

    @pytest.mark.parametrize("file_format", [ImageFormat.JPEG, ImageFormat.WEBP, ImageFormat.AVIF])
    def test_more_quality_is_nearer_and_larger(self, file_format: ImageFormat) -> None:
        photo = decode(encoded(scene(), ImageFormat.PNG), LIMITS)
        files = [encode(photo, EncodeOptions(file_format, quality)) for quality in (20, 60, 97)]
        errors = [mean_error(decode(data, LIMITS).image, photo.image) for data in files]
        assert len(files[0]) < len(files[1]) < len(files[2])
        assert errors[0] > errors[1] > errors[2]


@pytest.mark.parametrize("file_format", READ)
@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
def test_a_file_that_ends_early_is_refused(file_format: ImageFormat, kept: float) -> None:
    data = encoded(scene(), file_format)
    cut = data[: int(len(data) * kept)]
    for read in (decode, decode_view):
        with pytest.raises(NotAPhotoError) as caught:
            read(cut, LIMITS)
        assert str(caught.value) == f"this {file_format.name} is damaged or cut off"


def test_a_mislabelled_file_is_what_its_content_says() -> None:
    # There is no name or type to go by: decode takes bytes only. A PNG's signature before a JPEG is a broken PNG.
    jpeg = encoded(scene(), ImageFormat.JPEG)
    with pytest.raises(NotAPhotoError):
        decode(b"\x89PNG\r\n\x1a\n" + jpeg, LIMITS)
    assert PillowImage.open(BytesIO(encode(decode(jpeg, LIMITS), EncodeOptions()))).format == "JPEG"


def test_a_photo_is_shrunk_with_its_transparency_and_never_enlarged() -> None:
    image = np.repeat(np.repeat(scene(40, 30), 4, axis=0), 4, axis=1)
    alpha = np.full(image.shape[:2], 77, np.uint8)
    photo = Photo(image, alpha, ImageFormat.PNG, Metadata())
    small = shrink(photo, 40)
    assert small.alpha is not None
    assert (small.image.shape, small.alpha.shape) == ((30, 40, 3), (30, 40))
    np.testing.assert_array_equal(small.image, image[::4, ::4])
    assert shrink(photo, 160) is photo
