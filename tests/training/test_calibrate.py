from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from detector import DETECTORS
from imaging.defects import Defect, Sensitivity
from tests.photos import room
from training.calibrate import ALLOWED, Severities, auc, main, recall, thresholds_for
from training.calibration_photos import damaged_photos
from training.degradations import Family
from training.split import Part

SETS = ("listings", "stock_interior", "stock_exterior")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for name in SETS:
        (tmp_path / name).mkdir()
        for i in range(8):
            cv2.imwrite(str(tmp_path / name / f"{name}{i}.png"), room(i % 4)[..., ::-1])
    return tmp_path


def test_auc() -> None:
    low, high = np.array([0.1, 0.2, 0.3]), np.array([0.4, 0.5])
    assert auc(high, low) == 1
    assert auc(low, high) == 0
    assert auc(low, low) == 0.5


def test_every_source_counts_as_much() -> None:
    assert recall({"many": np.ones(90), "few": np.zeros(10)}, 0.5) == 0.5


@pytest.mark.parametrize("sensitivity", list(Sensitivity))
def test_thresholds_keep_alarms_rare_and_miss_little(sensitivity: Sensitivity) -> None:
    allowed = ALLOWED[sensitivity]
    rng = np.random.default_rng(0)
    clean = rng.random((400, 9)) ** 3
    damaged = {defect: {"source": 0.6 + 0.4 * rng.random(400)} for defect in Defect}
    sure = next(iter(Defect))
    damaged[sure]["source"] = np.ones(400)
    thresholds = thresholds_for(clean, damaged, allowed)
    alarms = clean >= thresholds
    assert alarms.mean(axis=0).max() <= allowed.each
    assert 0 < alarms.any(axis=1).mean() <= allowed.any
    assert thresholds[0] == thresholds.max() <= 1
    assert recall(damaged[sure], float(thresholds[0])) == 1


def test_the_more_eager_the_lower_the_thresholds() -> None:
    rng = np.random.default_rng(1)
    clean = rng.random((200, 9)) ** 2
    damaged: dict[Defect, dict[str, Severities]] = {defect: {"source": rng.random(50)} for defect in Defect}
    careful, normal, eager = (thresholds_for(clean, damaged, allowed) for allowed in ALLOWED.values())
    assert (careful >= normal).all()
    assert (normal >= eager).all()


def test_every_defect_is_made_of_every_family(photos: Path) -> None:
    made = list(damaged_photos(photos, Part.CALIBRATE, Part.VALIDATE, [Family.FIRST, Family.SECOND], limit=2))
    assert {photo.defect for photo in made} == set(Defect)
    assert {photo.source for photo in made} >= {"first family, listings", "second family, listings"}
    again = damaged_photos(photos, Part.CALIBRATE, Part.VALIDATE, [Family.FIRST, Family.SECOND], limit=2)
    for one, other in zip(made, again, strict=True):
        np.testing.assert_array_equal(one.image, other.image)


def test_the_command_prints_thresholds_and_the_held_out_figures(
    photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--photos", str(photos), "--limit", "2", "--sheets", str(photos / "sheets")])
    printed = capsys.readouterr().out
    assert "third family, listings" in printed
    for spec in DETECTORS:
        assert f"{spec.defect}: thresholds" in printed
        assert (photos / "sheets" / f"{spec.defect}.png").exists()
