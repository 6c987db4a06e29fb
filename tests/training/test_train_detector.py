from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from detector import learned
from detector.cast import CAST
from detector.detail import DETAIL
from detector.light import LIGHT
from imaging.measures import tilt
from imaging.mlp import Mlp
from imaging.view import View
from imaging.weights import load_weights
from tests.photos import room
from training.train_detector import NAMES, train


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos" / "clic"
    folder.mkdir(parents=True)
    for seed in range(6):
        cv2.imwrite(str(folder / f"room{seed}.png"), room(seed, 640, 480)[..., ::-1])
    maps = folder.parent / "hdr"
    maps.mkdir()
    # A name that is in the part of the split that is trained on.
    radiance = (cv2.resize(room(9, 256, 128), (128, 64)) / np.float32(255)) ** 4
    cv2.imwrite(str(maps / "studio_small_03_1k.hdr"), radiance)
    return folder.parent


@pytest.mark.parametrize("name", NAMES)
def test_a_short_training_gives_a_whole_checkpoint_and_goes_on(name: str, photos: Path, tmp_path: Path) -> None:
    out, state = tmp_path / "out.safetensors", tmp_path / "state.npz"
    counts = []
    for _ in range(2):
        train(name, photos, 0.01, state, out)
        with np.load(state) as stored:
            counts.append(len(stored[stored.files[0]]))
            assert ("shot.0" in stored.files) is (name == "detector"), "tones are learned from radiance, too"
    assert counts[1] > counts[0], "samples were added to those of the first training"
    if name == "tilt":
        network = Mlp(load_weights(out, tilt.WEIGHTS.architecture))
        assert network.outputs == 1
        return
    weights = load_weights(out, learned.WEIGHTS.architecture)
    view = View.of(room(0, 640, 480))
    for family in (DETAIL, LIGHT, CAST):
        features = family.features(view)
        assert features is not None
        assert Mlp(weights, f"{family.name}.")(features).shape == (len(family.defects),)
