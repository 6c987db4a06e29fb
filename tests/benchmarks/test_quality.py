from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import cv2
import pytest

from benchmarks import sheets
from benchmarks.quality import best_of, main, row, table
from benchmarks.textbook import TEXTBOOK
from benchmarks.trials import Trial, damaged
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


class Perfect(Idle):
    """Knows the clean photos."""

    def __init__(self, trials: Sequence[Trial]) -> None:
        self._clean = {trial.degraded.tobytes(): trial.reference for trial in trials}

    def single(self, defect: Defect, image: Image) -> Image:
        return self._clean[image.tobytes()]


@pytest.fixture
def trials() -> dict[str, list[Trial]]:
    return {"one": damaged(Defect.LOW_CONTRAST, rooms(1)), "two": damaged(Defect.LOW_CONTRAST, rooms(2)[1:])}


def test_methods_are_ranked_by_their_worst_source(trials: dict[str, list[Trial]]) -> None:
    everywhere, once = Perfect([*trials["one"], *trials["two"]]), Perfect(trials["one"])
    once._clean |= {trial.degraded.tobytes(): 255 - trial.degraded for trial in trials["two"]}
    lines = table(Defect.LOW_CONTRAST, trials, {"everywhere": everywhere, "once": once, "idle": Idle()})
    assert lines[0] == "| low_contrast | one (1) | two (1) | worst margin |"
    names = [line.split(" | ")[0].removeprefix("| ") for line in lines[2:]]
    assert names[0] == "everywhere"
    assert names[-1] == "once"
    assert set(names) == {"damaged", "everywhere", "once", "idle", *TEXTBOOK[Defect.LOW_CONTRAST]}


def test_a_margin_is_over_the_best_operator_of_the_same_source(trials: dict[str, list[Trial]]) -> None:
    operators = [row(name, operator, trials) for name, operator in TEXTBOOK[Defect.LOW_CONTRAST].items()]
    for operator in operators:
        assert operator.worst_margin_db(operators) <= 0
    perfect = row("perfect", partial(Perfect([*trials["one"], *trials["two"]]).single, Defect.LOW_CONTRAST), trials)
    best = max(best_of(operators, source).psnr_db for source in trials)
    assert perfect.worst_margin_db(operators) == pytest.approx(99 - best)


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
    monkeypatch.setattr("benchmarks.sources.held_out", lambda folder, limit, sets=(): rooms(1))
    main(["--only", "low_contrast", "--sheets", str(tmp_path)])
    printed = capsys.readouterr().out
    assert "| low_contrast | first family (1) |" in printed
    assert "| this | " in printed
    assert "hazy" not in printed
    assert (tmp_path / "low_contrast_first_family.png").stat().st_size > 0
