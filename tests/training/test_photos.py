from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from tests.photos import room
from training.photos import PHOTOS_VARIABLE, list_photos, load_photo, photos_root
from training.split import Part


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for i in range(10):
            cv2.imwrite(str(tmp_path / name / f"{i}.png"), room(0)[..., ::-1])
    (tmp_path / "notes.txt").write_text("no photo")
    return tmp_path


def test_listing(folder: Path) -> None:
    assert len(list_photos(folder)) == 20
    assert len(list_photos(folder, sets=["a"])) == 10
    assert len(list_photos(folder, limit=6)) == 6
    assert sum(len(list_photos(folder, only=one)) for one in Part) == 20


def test_loading_shrinks_and_keeps_rgb(folder: Path) -> None:
    photo = load_photo(folder / "a" / "0.png", 120)
    assert photo.shape == (90, 120, 3)
    assert (load_photo(folder / "a" / "0.png") == room(0)).all()
    with pytest.raises(ValueError, match="cannot be decoded"):
        load_photo(folder / "notes.txt")


def test_the_folder_comes_from_argument_or_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PHOTOS_VARIABLE, raising=False)
    with pytest.raises(FileNotFoundError, match=PHOTOS_VARIABLE):
        photos_root()
    monkeypatch.setenv(PHOTOS_VARIABLE, str(folder))
    assert photos_root() == folder
    assert photos_root(folder / "a") == folder / "a"
