from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.repairs import ThisVersion
from benchmarks.sheets import TILE_PX
from benchmarks.targets import cast_angle_deg, cast_angles, combinations, lines, listings_sheets, tilts, untouched
from benchmarks.trials import combined, damaged
from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.defects import Defect
from tests.benchmarks.test_quality import Idle
from tests.photos import room, rooms
from training.degradations import Family
from training.photos import PHOTOS_VARIABLE
from training.split import Part, part


def test_a_cast_is_an_angle() -> None:
    clean = room(0)
    assert cast_angle_deg(clean, clean) == 0
    gains = np.array([1.0, 0.9, 0.7], np.float32)
    expected = np.degrees(np.arccos(gains.sum() / np.linalg.norm(gains) / 3**0.5))
    assert cast_angle_deg(linear_to_srgb(srgb_to_linear(clean) * gains), clean) == pytest.approx(expected, abs=0.2)
    assert cast_angle_deg(np.zeros_like(clean), clean) == 0


def test_who_does_nothing_leaves_the_angle() -> None:
    (line,) = cast_angles(Family.FIRST, damaged(Defect.POOR_WHITE_BALANCE, rooms(2)), {"idle": Idle()})
    angles = dict(part.rsplit(" ", 1) for part in line.partition(": ")[2].split(", "))
    assert angles["idle"] == angles["nothing"]


def test_combined_defects_are_compared_with_the_best_single_repair(tmp_path: Path) -> None:
    first, second = combinations(Family.FIRST, combined(rooms(1)), {"idle": Idle()}, tmp_path)
    nothing = first.partition(": ")[2]
    assert second == f"    idle: default path {nothing}; best single repair {nothing}"
    assert (tmp_path / "combined_first.png").exists()


def test_tilts_are_told_in_degrees() -> None:
    printed = list(tilts(rooms(2), {"this": ThisVersion()}))
    assert printed[-1].endswith("of clean photos 100% under 0.3°")
    assert "textbook (Hough)" in printed[1]


def test_untouched_photos_are_counted_by_folder(tmp_path: Path) -> None:
    stem = next(str(i) for i in range(100) if part(str(i)) is Part.HELD_OUT)
    for folder in ("clic", "listings"):
        (tmp_path / folder).mkdir()
    cv2.imwrite(str(tmp_path / "clic" / f"{stem}.png"), room(0)[..., ::-1])
    cv2.imwrite(str(tmp_path / "listings" / f"{stem}.png"), room(0)[..., ::-1] // 6)
    (line,) = untouched(tmp_path, {"this": ThisVersion()}, tmp_path / "sheets")
    assert line.endswith("50.0% of 2 untouched (clic 100% of 1, listings 0% of 1)")
    assert (tmp_path / "sheets" / "clean_changed_this.png").exists()


def test_listings_that_change_are_shown(tmp_path: Path) -> None:
    (tmp_path / "listings").mkdir()
    for i in range(3):
        cv2.imwrite(str(tmp_path / "listings" / f"{i}.png"), room(i)[..., ::-1] // 6)
    listings_sheets(tmp_path, ThisVersion(), tmp_path / "sheets", count=2)
    sheet = cv2.imread(str(tmp_path / "sheets" / "listings_1.png"))
    assert sheet is not None
    assert sheet.shape[0] == 2 * TILE_PX[1]


def test_without_a_folder_what_needs_one_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PHOTOS_VARIABLE, raising=False)
    monkeypatch.setattr("benchmarks.targets.held_out", lambda folder, limit, sets=(): [room(0, 160, 120)])
    printed = list(lines(None, 1, {"idle": Idle()}, None))
    assert printed[0].startswith("white balance, first family, mean angle left: nothing ")
    assert not any("untouched" in line for line in printed)
