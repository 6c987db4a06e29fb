from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.trials import Trial, combined, damaged, gaussian_noise, held_out, jpeg
from imaging.defects import Defect
from imaging.image import Image
from tests.photos import room, rooms
from training.metrics import psnr_db
from training.photos import PHOTOS_VARIABLE
from training.split import Part, part


@pytest.mark.parametrize("make", [partial(damaged, Defect.HAZY), combined])
def test_trials_are_the_same_for_the_same_photos(make: Callable[[Sequence[Image]], list[Trial]]) -> None:
    for first, second in zip(make(rooms(2)), make(rooms(2)), strict=True):
        np.testing.assert_array_equal(first.degraded, second.degraded)
        assert np.any(first.degraded != first.reference)


def test_gaussian_noise_has_its_strength() -> None:
    grey = np.full((200, 200, 3), 128, np.uint8)
    trial = gaussian_noise([grey], 25)[0]
    assert np.std(trial.degraded.astype(float)) == pytest.approx(25, abs=0.5)


def test_lower_quality_is_further_away() -> None:
    ten, twenty = (jpeg(rooms(1), quality)[0] for quality in (10, 20))
    assert psnr_db(ten.degraded, ten.reference) < psnr_db(twenty.degraded, twenty.reference)


def test_only_held_out_photos_of_the_sets_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("clic", "listings"):
        (tmp_path / name).mkdir()
        for i in range(20):
            cv2.imwrite(str(tmp_path / name / f"{name}_{i}.png"), room(0)[..., ::-1])
    count = sum(part(f"clic_{i}") is Part.HELD_OUT for i in range(20))
    assert len(held_out(str(tmp_path), None, ["clic"])) == count
    assert len(held_out(str(tmp_path), None)) > count
    assert len(held_out(str(tmp_path), 3)) == 3
    monkeypatch.delenv(PHOTOS_VARIABLE, raising=False)
    assert len(held_out(None, 3)) >= 3
    with pytest.raises(FileNotFoundError):
        held_out("/no/such/folder", 3)
