from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks import sheets
from benchmarks.quality import Outcome, harm, main, outcomes, row, textbook
from benchmarks.textbook import TEXTBOOK
from benchmarks.trials import damaged
from imaging.defects import Defect
from imaging.image import Image
from tests.photos import rooms
from training.photos import PHOTOS_VARIABLE


class Idle:
    """A version that leaves everything as it is."""

    def single(self, defect: Defect, image: Image) -> Image:
        return image

    def default_path(self, image: Image, turn: bool = True) -> Image | None:
        return None

    def tilt_deg(self, image: Image) -> float:
        return 0.0


class Spoil(Idle):
    def single(self, defect: Defect, image: Image) -> Image:
        return np.ascontiguousarray(255 - image)


def test_a_repair_that_does_nothing_gains_and_harms_nothing() -> None:
    trials = damaged(Defect.NOISY, rooms(2))
    nothing = Outcome.of("nothing", [trial.degraded for trial in trials], trials)
    idle = outcomes(Defect.NOISY, trials, {"this": Idle()})
    assert idle[0].mean == nothing.mean
    assert "+0.0 dB, ΔE00  +0%" in row("noisy", [nothing, *idle], [nothing])
    assert harm(Defect.NOISY, Idle(), rooms(2)) == "99.0 dB, lowest 99.0, 0 of 2 under 40"


def test_harm_is_seen() -> None:
    assert "2 of 2 under 40" in harm(Defect.NOISY, Spoil(), rooms(2))


def test_operators_compete_on_the_very_photos() -> None:
    done = textbook(Defect.LOW_CONTRAST, damaged(Defect.LOW_CONTRAST, rooms(2)))
    assert len(done) == len(TEXTBOOK[Defect.LOW_CONTRAST])
    assert done[0].mean.psnr_db == max(outcome.mean.psnr_db for outcome in done)


def test_the_gain_in_a_figure_is_over_the_best_in_that_figure() -> None:
    trials = damaged(Defect.LOW_CONTRAST, rooms(2))
    done = textbook(Defect.LOW_CONTRAST, trials)
    assert "+0.0 dB" in row("low_contrast", [done[0]], done)
    best_colour = min(done, key=lambda outcome: outcome.mean.delta_e00)
    assert "ΔE00  +0%" in row("low_contrast", [best_colour], done)


def test_sheets_are_written(tmp_path: Path) -> None:
    sheets.write(tmp_path / "sheets" / "noisy.png", [rooms(3), rooms(3)], rows=2)
    sheet = cv2.imread(str(tmp_path / "sheets" / "noisy.png"))
    assert sheet is not None
    assert sheet.shape == (2 * sheets.TILE_PX[1], 2 * sheets.TILE_PX[0], 3)
    sheets.write(tmp_path / "nothing.png", [[], []])
    assert not (tmp_path / "nothing.png").exists()


def test_the_command_measures_the_shipped_photos_where_no_folder_is_known(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv(PHOTOS_VARIABLE, raising=False)
    monkeypatch.setattr("benchmarks.quality.held_out", lambda folder, limit, sets=(): rooms(1))
    main(["--only", "low_contrast", "--sheets", str(tmp_path)])
    printed = capsys.readouterr().out
    assert "| low_contrast" in printed
    assert "hazy" not in printed
    assert (tmp_path / "low_contrast.png").stat().st_size > 0
