from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from enhancers.base import CHECKPOINTS
from enhancers.networks.detail import ARCHITECTURE, DetailNet
from enhancers.noisy import WEIGHTS
from imaging.weights import load_checkpoint, load_weights
from tests.photos import shipped
from training.detail_samples import CROP_PX, DAMAGES, MARGIN_PX, PATCH_PX, Crops, clean_photos
from training.split import Part, part
from training.train_spatial import Training, TrainingConstants, train


@pytest.fixture
def photos_root(tmp_path: Path) -> Path:
    """Two photos of the calibrate part as PNG, and two where photos are never trained on."""
    stems = [f"photo{i}" for i in range(40) if part(f"photo{i}") is Part.CALIBRATE]
    for folder in ("own", "listings", "real"):
        (tmp_path / folder).mkdir()
    for stem, name in zip(stems, ("astronaut", "coffee"), strict=False):
        cv2.imwrite(str(tmp_path / "own" / f"{stem}.png"), shipped(name)[..., ::-1])
    for folder, stem in zip(("listings", "real"), stems[2:], strict=False):
        cv2.imwrite(str(tmp_path / folder / f"{stem}.png"), shipped("chelsea")[..., ::-1])
    return tmp_path


def test_photos_without_a_licence_are_never_trained_on(photos_root: Path) -> None:
    assert len(clean_photos(photos_root, Part.CALIBRATE)) == 2


@pytest.mark.parametrize("name", list(DAMAGES))
def test_damage_is_damage_and_some_crops_are_good(name: str) -> None:
    side = CROP_PX + 2 * MARGIN_PX
    crop = np.ascontiguousarray(shipped("coffee")[:side, :side])
    rng = np.random.default_rng(0)
    pairs = [DAMAGES[name](crop, rng) for _ in range(60)]
    same = sum(np.array_equal(bad, good) for bad, good in pairs)
    assert 0 < same < 20
    assert all(bad.shape == good.shape == crop.shape for bad, good in pairs)


def test_patches_come_in_pairs() -> None:
    crops = Crops([shipped("coffee")], DAMAGES["noisy"], np.random.default_rng(0))
    bad, good = crops.batch(6)
    assert bad.shape == good.shape == (6, 3, PATCH_PX, PATCH_PX)
    errors = (bad - good).square().mean(dim=(1, 2, 3))
    assert errors.max() < 0.06, "noise, not another place of the photo"
    assert errors.max() > 0


def test_a_few_steps_lessen_the_loss() -> None:
    training = Training(load_checkpoint(WEIGHTS, CHECKPOINTS), TrainingConstants(warm_steps=5))
    clean = torch.from_numpy(shipped("coffee")[:96, :96].copy()).permute(2, 0, 1)[None].float() / 255
    bad = clean + 0.1 * torch.randn(clean.shape, generator=torch.Generator().manual_seed(0))
    before = (bad - clean).square().mean()
    for _ in range(25):
        training.learn(bad, clean, 0.0)
    with torch.inference_mode():
        after = (bad + training.average(bad) - clean).square().mean()
    assert after < 0.9 * before


def test_training_writes_a_checkpoint_and_goes_on_from_its_state(photos_root: Path, tmp_path: Path) -> None:
    state, out = tmp_path / "noisy.pt", tmp_path / "noisy.safetensors"
    train("noisy", photos_root, 0.001, state, out)
    DetailNet().load_state_dict({k: torch.from_numpy(v) for k, v in load_weights(out, ARCHITECTURE).items()})
    before = torch.load(state, weights_only=True)
    train("noisy", photos_root, (before["spent_s"] + 0.01) / 60, state, out)
    assert torch.load(state, weights_only=True)["step"] > before["step"] > 0


def test_no_photo_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no photo to train on"):
        train("noisy", tmp_path, 0.01, None, tmp_path / "x.safetensors")
