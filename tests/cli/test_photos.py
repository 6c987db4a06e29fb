from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli.photos import find_photos
from imaging.formats import ImageFormat
from tests.cli.files import AVIF, HEIC, JPEG, PNG, WEBP, make_files


def relative(folder: Path, out: Path | None = None) -> list[str]:
    return [str(photo.relative) for photo in find_photos([folder], out).photos]


def test_photos_are_told_by_content_not_by_name(tmp_path: Path) -> None:
    files = {"a.txt": JPEG, "b.jpg": PNG, "c": WEBP, "d.avif": AVIF, "e.HEIC": HEIC, "notes": b"hello", "f.tmp": b""}
    found = find_photos([make_files(tmp_path, files)])
    assert [(photo.source.name, photo.format) for photo in found.photos] == [
        ("a.txt", ImageFormat.JPEG),
        ("b.jpg", ImageFormat.PNG),
        ("c", ImageFormat.WEBP),
        ("d.avif", ImageFormat.AVIF),
        ("e.HEIC", ImageFormat.HEIC),
    ]
    assert found.problems == []
    assert found.others == 2


def test_what_is_named_like_a_photo_and_is_none_is_told(tmp_path: Path) -> None:
    found = find_photos([make_files(tmp_path, {"empty.jpg": b"", "page.JPG": b"<html>", "animation.gif": b"GIF89a"})])
    assert found.photos == []
    assert [path.name for path, _ in found.problems] == ["empty.jpg", "page.JPG"]
    assert "empty" in found.problems[0][1]
    assert found.others == 1


def test_what_is_named_on_the_command_line_is_told(tmp_path: Path) -> None:
    make_files(tmp_path, {"notes.txt": b"hello", ".hidden.jpg": JPEG})
    os.mkfifo(tmp_path / "pipe.jpg")
    found = find_photos([tmp_path / name for name in ("notes.txt", "missing.jpg", ".hidden.jpg", "pipe.jpg")])
    assert [photo.source.name for photo in found.photos] == [".hidden.jpg"]
    assert [(path.name, reason.partition(";")[0]) for path, reason in found.problems] == [
        ("notes.txt", "these bytes are no photo"),
        ("missing.jpg", "does not exist"),
        ("pipe.jpg", "is no file"),
    ]


def test_folders_are_searched_in_order_and_hidden_files_left_out(tmp_path: Path) -> None:
    names = ("b/2.jpg", "b/1.jpg", "a/deep/3.jpg", "top.jpg", ".cache/x.jpg", "b/._1.jpg")
    make_files(tmp_path, dict.fromkeys(names, JPEG))
    assert relative(tmp_path) == ["top.jpg", "a/deep/3.jpg", "b/1.jpg", "b/2.jpg"]


def test_of_several_folders_each_keeps_its_name(tmp_path: Path) -> None:
    make_files(tmp_path, {"first/kitchen.jpg": JPEG, "second/kitchen.jpg": JPEG, "single.jpg": JPEG})
    found = find_photos([tmp_path / "first", tmp_path / "second", tmp_path / "single.jpg"])
    assert [str(photo.relative) for photo in found.photos] == ["first/kitchen.jpg", "second/kitchen.jpg", "single.jpg"]


def test_a_photo_named_twice_is_done_once(tmp_path: Path) -> None:
    make_files(tmp_path, {"a.jpg": JPEG})
    assert len(find_photos([tmp_path / "a.jpg", tmp_path, tmp_path / "a.jpg"]).photos) == 1


def test_link_loops_end_and_linked_folders_are_searched_once(tmp_path: Path) -> None:
    make_files(tmp_path, {"album/z/1.jpg": JPEG, "elsewhere/2.jpg": JPEG})
    (tmp_path / "album/a").symlink_to(tmp_path / "album/z")
    (tmp_path / "album/z/up").symlink_to(tmp_path / "album")
    (tmp_path / "album/more").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "album/self.jpg").symlink_to(tmp_path / "album/self.jpg")
    found = find_photos([tmp_path / "album"])
    assert [str(photo.relative) for photo in found.photos] == ["z/1.jpg", "more/2.jpg"]
    assert [path.name for path, _ in found.problems] == ["self.jpg"]


def test_the_output_folder_is_no_input(tmp_path: Path) -> None:
    make_files(tmp_path, {"a.jpg": JPEG, "better/a.jpg": JPEG})
    assert relative(tmp_path, tmp_path / "better") == ["a.jpg"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_folder_is_told(tmp_path: Path) -> None:
    make_files(tmp_path, {"locked/a.jpg": JPEG})
    (tmp_path / "locked").chmod(0)
    try:
        assert [path.name for path, _ in find_photos([tmp_path]).problems] == ["locked"]
    finally:
        (tmp_path / "locked").chmod(0o700)
