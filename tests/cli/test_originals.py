from __future__ import annotations

import cv2
import numpy as np
import pytest

from cli.engine import EngineError, Options
from cli.originals import keep
from imaging.codec import EncodeOptions, Photo, decode, encode, read_header
from imaging.formats import ImageFormat
from imaging.limits import Limits
from imaging.metadata import Metadata
from tests.photos import shipped


@pytest.fixture(scope="module")
def file() -> bytes:
    return encode(Photo(shipped("coffee", 200), None, ImageFormat.JPEG, Metadata()), EncodeOptions())


@pytest.mark.parametrize(
    "options", [Options(), Options(quality=50), Options(format=ImageFormat.JPEG), Options(max_side=200)]
)
def test_an_original_that_will_do_is_kept_byte_for_byte(file: bytes, options: Options) -> None:
    assert keep(file, ImageFormat.JPEG, options) == file


def test_another_format(file: bytes) -> None:
    kept = keep(file, ImageFormat.JPEG, Options(format=ImageFormat.PNG))
    assert read_header(kept, Limits()).format is ImageFormat.PNG
    assert np.array_equal(decode(kept, Limits()).image, decode(file, Limits()).image)


def test_fewer_pixels(file: bytes) -> None:
    header = read_header(keep(file, ImageFormat.JPEG, Options(max_side=100)), Limits())
    assert max(header.width, header.height) == 100


def test_no_metadata(file: bytes) -> None:
    from PIL import Image

    with_place = cv2.imencode(".jpg", np.zeros((8, 8, 3), np.uint8))[1].tobytes()
    exif = Image.Exif()
    exif[0x010F] = "a maker of cameras"
    block = exif.tobytes()
    app1 = b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block
    with_place = with_place[:2] + app1 + with_place[2:]
    assert b"a maker of cameras" in keep(with_place, ImageFormat.JPEG, Options())
    assert b"a maker of cameras" not in keep(with_place, ImageFormat.JPEG, Options(keep_metadata=False))


def test_a_broken_one(file: bytes) -> None:
    with pytest.raises(EngineError):
        keep(file[:100], ImageFormat.JPEG, Options(keep_metadata=False))
