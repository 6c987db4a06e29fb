from __future__ import annotations

from pathlib import Path

import pytest

from cli.engine import Options
from cli.naming import Names
from cli.photos import PhotoFile
from imaging.formats import ImageFormat


def outputs(*files: tuple[str, ImageFormat], options: Options | None = None) -> list[tuple[str, str]]:
    photos = [PhotoFile(Path("in") / name, Path(name), format_) for name, format_ in files]
    return [(str(t.repaired), str(t.kept)) for t in Names().assign(photos, options or Options())]


@pytest.mark.parametrize("name", ["a.jpg", "a.JPG", "a.jpeg", "sub/living.room.jpg"])
def test_a_name_is_kept_where_the_format_is(name: str) -> None:
    assert outputs((name, ImageFormat.JPEG)) == [(name, name)]


def test_the_suffix_follows_the_content() -> None:
    assert outputs(("a.png", ImageFormat.JPEG), ("living.room", ImageFormat.WEBP)) == [
        ("a.jpg", "a.jpg"),
        ("living.room.webp", "living.room.webp"),
    ]


def test_heic_comes_back_as_jpeg_but_is_kept_as_it_is() -> None:
    assert outputs(("a.HEIC", ImageFormat.HEIC)) == [("a.jpg", "a.HEIC")]


@pytest.mark.parametrize("options", [Options(keep_metadata=False), Options(max_side=100)])
def test_heic_that_must_be_encoded_anew_is_kept_as_jpeg(options: Options) -> None:
    assert outputs(("a.HEIC", ImageFormat.HEIC), options=options) == [("a.jpg", "a.jpg")]


def test_two_photos_never_share_an_output() -> None:
    files = ("1.heic", ImageFormat.HEIC), ("1.jpg", ImageFormat.JPEG), ("1-2.jpg", ImageFormat.JPEG)
    assert outputs(*files) == [("1-3.jpg", "1-3.heic"), ("1.jpg", "1.jpg"), ("1-2.jpg", "1-2.jpg")]


def test_names_that_differ_in_case_only_are_the_same() -> None:
    files = ("a.jpg", ImageFormat.JPEG), ("A.JPG", ImageFormat.JPEG)
    assert outputs(*files) == [("a.jpg", "a.jpg"), ("A-2.JPG", "A-2.JPG")]


def test_photos_told_apart_by_suffix_only_stay_apart_in_one_format() -> None:
    files = ("a.png", ImageFormat.PNG), ("a.jpg", ImageFormat.JPEG)
    assert outputs(*files) == [("a.png", "a.png"), ("a.jpg", "a.jpg")]
    as_webp = outputs(*files, options=Options(format=ImageFormat.WEBP))
    assert as_webp == [("a.webp", "a.webp"), ("a-2.webp", "a-2.webp")]


def test_a_format_that_nobody_foresaw_takes_no_name_of_another() -> None:
    names = Names()
    photos = [PhotoFile(Path(n), Path(n), f) for n, f in (("a.png", ImageFormat.PNG), ("a.jpg", ImageFormat.JPEG))]
    targets = names.assign(photos, Options())
    assert names.unforeseen(targets[0], ImageFormat.JPEG) == Path("a-2.jpg")
    assert names.unforeseen(targets[0], ImageFormat.AVIF) == Path("a.avif")
