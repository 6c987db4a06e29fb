"""A training takes seconds when asked to, leaves a checkpoint that can be rolled out, and goes on where it stopped."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from enhancers.glaring import build
from imaging.image import Image, check_image
from tests.photos import room, shipped
from training import tone_model
from training.frames import Frames
from training.split import Part, part_by_rule
from training.tone_samples import SIDE_PX, ExposureSamples
from training.train_tone import train


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


def test_a_training_leaves_a_checkpoint_that_is_rolled_out(photos: Path, tmp_path: Path) -> None:
    state, out = tmp_path / "state", tmp_path / "out.safetensors"
    train("glaring", photos, 0.01, state, out)
    check_image(build("cpu", out).enhance(shipped("coffee")))
    first = state.stat().st_mtime_ns
    train("glaring", photos, 0.02, state, out)
    assert state.stat().st_mtime_ns > first


def test_samples_are_over_exposed(photos: Path) -> None:
    samples, rng = ExposureSamples(photos, Part.CALIBRATE), np.random.default_rng(0)
    drawn = [samples.draw(rng) for _ in range(60)]
    assert {sample.defective for sample in drawn} >= {0.0, 1.0}
    for sample in drawn:
        assert sample.image.shape == sample.target.shape == (SIDE_PX, SIDE_PX, 3)
        if sample.defective == 0:
            np.testing.assert_array_equal(sample.image, sample.target)
    assert np.mean([float(s.image.mean()) - float(s.target.mean()) for s in drawn if s.defective == 1]) > 10


def test_frames_repeat_for_a_seed(photos: Path) -> None:
    def draw() -> Image:
        return Frames(photos, Part.CALIBRATE).draw(np.random.default_rng(3))

    np.testing.assert_array_equal(draw(), draw())
