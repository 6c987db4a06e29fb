from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cli.main import main
from imaging.codec import EncodeOptions, Photo, decode, encode, read_header
from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.formats import ImageFormat
from imaging.image import Image
from imaging.limits import Limits
from imaging.metadata import Metadata
from tests.cli.files import make_files, tree
from tests.photos import shipped


def jpeg(image: Image) -> bytes:
    return encode(Photo(image, None, ImageFormat.JPEG, Metadata()), EncodeOptions(quality=95))


@pytest.fixture(scope="module")
def dark() -> bytes:
    return jpeg(linear_to_srgb(srgb_to_linear(shipped("coffee")) * np.float32(0.06)))


def luma(file: bytes) -> float:
    return float(decode(file, Limits()).image.mean())


def test_a_dark_photo_gets_lighter(dark: bytes, tmp_path: Path) -> None:
    album = make_files(tmp_path / "album", {"house/dark.jpg": dark, "broken.jpg": dark[: len(dark) // 3]})
    out, summary = tmp_path / "out", tmp_path / "summary.json"
    assert main(["repair", str(album), "--out", str(out), "--json", str(summary)]) == 1
    photos = {Path(photo["source"]).name: photo for photo in json.loads(summary.read_text())["photos"]}
    assert photos["broken.jpg"]["status"] == "failed"
    assert photos["dark.jpg"]["status"] == "repaired"
    assert "low_light" in photos["dark.jpg"]["found"]
    assert "low_light" in photos["dark.jpg"]["fixed"]
    assert luma(tree(out)["house/dark.jpg"]) > 1.5 * luma(dark)


def test_strength_nothing_is_no_repair(dark: bytes, tmp_path: Path) -> None:
    album = make_files(tmp_path / "album", {"dark.jpg": dark})
    assert main(["repair", str(album), "--out", str(tmp_path / "out"), "--strength", "0"]) == 0
    assert tree(tmp_path / "out") == {"dark.jpg": dark}


def test_a_named_defect_is_repaired_in_the_format_and_size_asked_for(dark: bytes, tmp_path: Path) -> None:
    album = make_files(tmp_path / "album", {"dark.jpg": dark})
    options = ["--defects", "low_light", "--format", "png", "--max-side", "200", "--strip-metadata"]
    assert main(["repair", str(album), "--out", str(tmp_path / "out"), *options]) == 0
    [(name, file)] = tree(tmp_path / "out").items()
    assert name == "dark.png"
    header = read_header(file, Limits())
    assert (header.format, max(header.width, header.height)) == (ImageFormat.PNG, 200)
    assert luma(file) > 1.5 * luma(dark)
