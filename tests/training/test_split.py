from __future__ import annotations

import csv
from pathlib import Path

import pytest

from training.split import SPLIT_FILE, Part, part, part_by_rule, record, recorded


def test_the_rule_goes_by_the_stem_alone() -> None:
    assert part("x/room_12.jpg") is part("elsewhere/room_12.png")
    parts = [part(f"photo_{i}") for i in range(2000)]
    assert parts.count(Part.CALIBRATE) / 2000 == pytest.approx(0.5, abs=0.05)
    assert parts.count(Part.HELD_OUT) / 2000 == pytest.approx(0.25, abs=0.05)


def test_file_and_rule_agree() -> None:
    assert {stem for stem, recorded_part in recorded().items() if recorded_part is not part_by_rule(stem)} == set()


def test_the_file_names_each_photo_once_and_every_set() -> None:
    with SPLIT_FILE.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(recorded()) == len(rows) == 1136
    assert {row["folder"] for row in rows} == {
        "cid22", "clic", "hdr", "listings", "openimages_homes", "stock_exterior", "stock_interior", "stock_more",
    }  # fmt: skip


def test_what_the_file_says_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    other = next(each for each in Part if each is not part_by_rule("room_12"))
    monkeypatch.setattr("training.split.recorded", lambda: {"room_12": other})
    assert part("room_12.jpg") is other
    assert part("room_13.jpg") is part_by_rule("room_13")


def test_recording_writes_names_and_no_pictures(tmp_path: Path) -> None:
    for name in ("b/two.png", "b/one.jpg", "a/sky.hdr", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"not looked at")
    file = tmp_path / "split.csv"
    assert record(tmp_path, file) == 3
    expected = [("a", "sky"), ("b", "one"), ("b", "two")]
    lines = ["folder,photo,part", *(f"{folder},{stem},{part(stem)}" for folder, stem in expected)]
    assert file.read_text().splitlines() == lines
