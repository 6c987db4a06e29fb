from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from imaging.defects import Defect
from tests.photos import room
from training.calibrate import auc, degrade, main, threshold_for


def test_auc() -> None:
    low, high = np.array([0.1, 0.2, 0.3]), np.array([0.4, 0.5])
    assert auc(high, low) == 1
    assert auc(low, high) == 0
    assert auc(low, low) == 0.5


def test_threshold_keeps_false_alarms_rare() -> None:
    clean = np.linspace(0, 1, 101)[:-1]
    threshold = threshold_for(clean, 0.02)
    assert (clean >= threshold).mean() <= 0.02
    assert threshold == pytest.approx(0.98, abs=0.011)
    assert threshold_for(np.zeros(50)) == pytest.approx(0.01)


def test_degradation_is_the_same_for_the_same_seed() -> None:
    (first, severity), (second, again) = (degrade(room(0), Defect.NOISY, [4]) for _ in range(2))
    assert severity == again
    np.testing.assert_array_equal(first, second)


def test_the_command_prints_both_parts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("listings", "stock_interior", "stock_exterior"):
        (tmp_path / name).mkdir()
        for i in range(4):
            cv2.imwrite(str(tmp_path / name / f"{name}{i}.png"), room(i)[..., ::-1])
    main(["--photos", str(tmp_path), "--limit", "2", "--sheets", str(tmp_path / "sheets")])
    printed = capsys.readouterr().out
    assert "calibrate: 2 photos" in printed
    assert "held_out" in printed
    assert (tmp_path / "sheets" / "noisy_highest_clean.png").exists()
