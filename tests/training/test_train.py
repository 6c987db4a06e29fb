from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import yaml

from configs.settings import AppArgs
from imaging.defects import Defect
from imaging.weights import load_weights, save_weights
from training.train import TRAININGS, main, roll_out


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Stand in for a training that takes hours."""
    calls: list[tuple[object, ...]] = []

    def train(name: str, photos: Path, minutes: float, state: Path | None, out: Path) -> None:
        calls.append((name, photos, minutes, state, out))
        save_weights(out, {"gain": np.ones(1, np.float32)}, "toy-1")

    quick = ModuleType("quick")
    quick.train = train  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "quick", quick)
    monkeypatch.setitem(TRAININGS, "noisy", "quick")
    return calls


def test_it_hands_over_to_the_training(calls: list[tuple[object, ...]], tmp_path: Path) -> None:
    state, out = tmp_path / "noisy.pt", tmp_path / "noisy.safetensors"
    main(["noisy", "--photos", str(tmp_path), "--minutes", "0.5", "--state", str(state), "--out", str(out)])
    assert calls == [("noisy", tmp_path, 0.5, state, out)]


def test_what_it_prints_goes_into_the_settings(
    calls: list[tuple[object, ...]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "noisy.safetensors"
    main(["noisy", "--photos", str(tmp_path), "--out", str(out)])
    printed = capsys.readouterr().out
    args = AppArgs.model_validate(yaml.safe_load(printed[printed.index("checkpoints:") :]))
    checkpoint = args.checkpoints[Defect.NOISY]
    assert load_weights(checkpoint.path, "toy-1", checkpoint.sha256).keys() == {"gain"}


def test_a_detector_is_told_by_its_digest(tmp_path: Path) -> None:
    out = tmp_path / "detector.safetensors"
    sha256 = save_weights(out, {"gain": np.ones(1, np.float32)}, "toy-1")
    assert roll_out("detector", out).endswith(f"is trained, sha256 {sha256}.")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["sharp"], "invalid choice: 'sharp'"),
        (["noisy", "--minutes", "0"], "--minutes is above 0"),
        (["noisy", "--photos", "/no/such/folder"], "is no folder"),
    ],
)
def test_nonsense_is_refused(
    arguments: list[str], complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([*arguments, "--out", str(tmp_path / "x.safetensors")])
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize("module", sorted(set(TRAININGS.values())))
def test_every_training_is_there(module: str) -> None:
    assert find_spec(module) is not None
