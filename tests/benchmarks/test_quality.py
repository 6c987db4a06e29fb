from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.quality import Trial, gain_row, harm_column, held_out_photos, rotation_rows, trials, write_sheet
from enhancers.base import Enhancer
from imaging.defects import Defect
from imaging.image import Image
from tests.photos import rooms
from training.photos import PHOTOS_VARIABLE


class Idle(Enhancer):
    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        return image


class Spoil(Enhancer):
    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        return np.ascontiguousarray(255 - image)


def test_a_repair_that_does_nothing_gains_and_harms_nothing() -> None:
    row = gain_row("noisy", list(trials(Idle(), Defect.NOISY, rooms(2))))
    assert "+0.0 / +0.000 / +0.0" in row
    assert "0%" in row
    assert "0 of 2 under 40" in harm_column(Idle(), rooms(2))


def test_harm_is_seen() -> None:
    assert "2 of 2 under 40" in harm_column(Spoil(), rooms(2))


def test_trials_are_the_same_for_the_same_photos() -> None:
    first, second = (next(iter(trials(Idle(), Defect.HAZY, rooms(1)))) for _ in range(2))
    np.testing.assert_array_equal(first.degraded, second.degraded)


def test_tilts_are_told_in_degrees() -> None:
    assert "clean photos judged tilted by 2° or more: 0%" in rotation_rows(rooms(2))


def test_sheets_are_written(tmp_path: Path) -> None:
    photo = rooms(1)[0]
    write_sheet(tmp_path / "sheets" / "noisy.png", [Trial(photo, photo, photo)])
    assert (tmp_path / "sheets" / "noisy.png").stat().st_size > 0


def test_without_a_folder_the_shipped_photos_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PHOTOS_VARIABLE, raising=False)
    assert len(held_out_photos(None, 3)) >= 3
    with pytest.raises(FileNotFoundError):
        held_out_photos("/no/such/folder", 3)
