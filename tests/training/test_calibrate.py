from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.photos import room
from training.calibrate import ANY_FALSE_ALARM, FALSE_ALARMS, auc, damage, main, threshold_for, thresholds_for


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


def test_thresholds_keep_alarms_rare_and_miss_little() -> None:
    rng = np.random.default_rng(0)
    clean = rng.random((400, 9)) ** 3
    made = np.where(rng.random((400, 9)) < 0.3, 1.0, 0.0)
    mixed = np.where(made > 0, 0.6 + 0.4 * rng.random((400, 9)), 0.0)
    mixed[:, 0] = made[:, 0]  # a defect that is always told surely
    thresholds = thresholds_for(clean, mixed, made)
    alarms = clean >= thresholds
    assert alarms.mean(axis=0).max() <= FALSE_ALARMS
    assert 0 < alarms.any(axis=1).mean() <= ANY_FALSE_ALARM
    assert thresholds[0] == thresholds.max() <= 1
    assert (mixed[made[:, 0] > 0, 0] >= thresholds[0]).all()


def test_damage_is_the_same_for_the_same_seed() -> None:
    (first, made), (second, again) = (damage(room(0), [4, 1]) for _ in range(2))
    np.testing.assert_array_equal(made, again)
    np.testing.assert_array_equal(first, second)
    assert 1 <= np.count_nonzero(made) <= 3


def test_the_command_prints_both_parts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("listings", "stock_interior", "stock_exterior"):
        (tmp_path / name).mkdir()
        for i in range(8):
            cv2.imwrite(str(tmp_path / name / f"{name}{i}.png"), room(i % 4)[..., ::-1])
    main(["--photos", str(tmp_path), "--limit", "2", "--sheets", str(tmp_path / "sheets")])
    printed = capsys.readouterr().out
    assert "validate: " in printed
    assert "held_out" in printed
    assert (tmp_path / "sheets" / "noisy_highest_clean.png").exists()
