"""A training takes seconds when asked to, leaves a checkpoint that can be rolled out, and goes on where it stopped."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from enhancers import CATALOGUE
from imaging.defects import Defect
from imaging.image import Image, check_image
from tests.photos import room, shipped
from training import tone_model
from training.split import Part, part_by_rule
from training.tone_samples import SIDE_PX, ExposureSamples, Thumbnails
from training.train_tone import train

NAMES = (Defect.GLARING, Defect.HAZY)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tone_model, "BATCH", 2)
    monkeypatch.setattr(tone_model, "POOL", 8)
    monkeypatch.setattr(tone_model, "CHECKED", 4)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos" / "stock_interior"
    folder.mkdir(parents=True)
    for only in (Part.CALIBRATE, Part.VALIDATE):
        stem = next(f"photo {i}" for i in range(100) if part_by_rule(f"photo {i}") is only)
        cv2.imwrite(str(folder / f"{stem}.png"), room(0)[..., ::-1])
    return tmp_path / "photos"


@pytest.mark.parametrize("defect", NAMES)
def test_a_training_leaves_a_checkpoint_that_is_rolled_out(defect: Defect, photos: Path, tmp_path: Path) -> None:
    state, out = tmp_path / "state", tmp_path / "out.safetensors"
    train(defect, photos, 0.01, state, out)
    spec = next(spec for spec in CATALOGUE if spec.defect is defect)
    check_image(spec.build("cpu", out).enhance(shipped("coffee")))
    first = state.stat().st_mtime_ns
    train(defect, photos, 0.02, state, out)
    assert state.stat().st_mtime_ns > first


def test_other_repairs_are_refused(photos: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no tone network"):
        train(Defect.BLUR, photos, 0.01, None, tmp_path / "out")


@pytest.mark.parametrize("defect", [Defect.LOW_LIGHT, Defect.GLARING])
def test_samples_are_wrongly_exposed_the_right_way(defect: Defect, photos: Path) -> None:
    samples, rng = ExposureSamples(photos, defect, Part.CALIBRATE), np.random.default_rng(0)
    drawn = [samples.draw(rng) for _ in range(60)]
    assert {sample.defective for sample in drawn} >= {0.0, 1.0}
    for sample in drawn:
        assert sample.image.shape == sample.target.shape == (SIDE_PX, SIDE_PX, 3)
        if sample.defective == 0:
            np.testing.assert_array_equal(sample.image, sample.target)
    lifted = [float(s.target.mean()) - float(s.image.mean()) for s in drawn if s.defective == 1]
    assert np.mean(lifted) * (1 if defect is Defect.LOW_LIGHT else -1) > 10


def test_thumbnails_repeat_for_a_seed(photos: Path) -> None:
    def draw() -> Image:
        return Thumbnails(photos, Part.CALIBRATE).draw(np.random.default_rng(3))

    np.testing.assert_array_equal(draw(), draw())
