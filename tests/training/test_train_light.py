from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from enhancers.poor_white_balance import build
from imaging.image import check_image
from tests.photos import room, shipped
from training.split import Part, part_by_rule
from training.tone_samples import Thumbnails
from training.train_light import sample, train


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos" / "stock_interior"
    folder.mkdir(parents=True)
    stem = next(f"photo {i}" for i in range(100) if part_by_rule(f"photo {i}") is Part.CALIBRATE)
    cv2.imwrite(str(folder / f"{stem}.png"), room(0)[..., ::-1])
    return folder.parent


def test_a_training_leaves_a_checkpoint_that_is_rolled_out_and_goes_on(photos: Path, tmp_path: Path) -> None:
    state, out = tmp_path / "state.npz", tmp_path / "out.safetensors"
    counts = []
    for _ in range(2):
        train("poor_white_balance", photos, 0.03, state, out)
        with np.load(state) as stored:
            counts.append(len(stored["told"]))
    assert counts[1] > counts[0]
    check_image(build("cpu", out).enhance(shipped("coffee")))


def test_the_truth_of_a_clean_photo_is_no_light(photos: Path) -> None:
    rng, thumbnails = np.random.default_rng(0), Thumbnails(photos, Part.CALIBRATE)
    drawn = [each for each in (sample(thumbnails, rng) for _ in range(30)) if each is not None]
    casts = {bool(truth[2]) for _, truth in drawn}
    assert casts == {True, False}
    for told, truth in drawn:
        if not truth[2]:  # the voted light and what is to be added to it cancel out
            np.testing.assert_allclose(told[-3:-1] + truth[:2], 0, atol=1e-5)


def test_no_photo_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no photo to train on"):
        train("poor_white_balance", tmp_path, 0.01, None, tmp_path / "x.safetensors")
