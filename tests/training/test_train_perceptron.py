"""A training takes seconds when asked to, leaves a checkpoint that can be rolled out, and goes on where it stopped."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from enhancers import build_enhancer
from enhancers.base import CHECKPOINTS
from enhancers.glaring import CELLS, WHITE, OverExposure, exposed_less
from enhancers.hazy import AIRLIGHT_REACH, OUTPUTS, POWERS, VeilEstimate
from enhancers.local_tone import illumination
from enhancers.low_contrast import WEIGHTS as CONTRAST
from enhancers.low_contrast import LowContrastEnhancer, features_of
from enhancers.low_light import DarknessEstimate
from enhancers.poor_white_balance import curves
from imaging.defects import Defect
from imaging.image import check_image
from imaging.measures.exposure import channel_max
from imaging.measures.haze_features import COLUMNS, ROWS, haze_features, working_copy
from imaging.measures.illuminant import Illuminant
from imaging.measures.light_colour import Cast
from imaging.mlp import Mlp
from imaging.view import View, small_copy
from imaging.weights import load_checkpoint
from tests.photos import room, shipped
from training.contrast_task import repaired as contrast_repaired
from training.darkness_task import DarknessTask
from training.darkness_task import repaired as lit
from training.degradations.tone import hazy, low_light
from training.frames import Frames
from training.glare_task import GlareTask
from training.glare_task import repaired as exposed
from training.light_task import PIXELS, LightTask
from training.light_task import repaired as white_balanced
from training.split import Part, part_by_rule
from training.train_perceptron import TASKS, Arrays, Task, train
from training.veil_task import VeilTask
from training.veil_task import repaired as unveiled


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos" / "stock_interior"
    folder.mkdir(parents=True)
    stem = next(f"photo {i}" for i in range(100) if part_by_rule(f"photo {i}") is Part.CALIBRATE)
    cv2.imwrite(str(folder / f"{stem}.png"), room(0)[..., ::-1])
    return folder.parent


def drawn(task: Task, count: int = 30) -> list[Arrays]:
    rng = np.random.default_rng(0)
    return [sample for sample in (task.draw(rng) for _ in range(count)) if sample is not None]


def batch_of(samples: list[Arrays]) -> dict[str, torch.Tensor]:
    return {key: torch.from_numpy(np.stack([sample[key] for sample in samples])) for key in samples[0]}


@pytest.mark.parametrize("name", sorted(TASKS))
def test_a_training_leaves_a_checkpoint_that_is_rolled_out_and_goes_on(name: str, photos: Path, tmp_path: Path) -> None:
    state, out = tmp_path / "state.npz", tmp_path / "out.safetensors"
    counts = []
    for _ in range(2):
        train(name, photos, 0.05, state, out)
        with np.load(state) as stored:
            counts.append(len(stored["told"]))
    assert counts[1] > counts[0]
    check_image(build_enhancer(Defect(name), weights=out).enhance(shipped("coffee")))


def test_a_clean_photo_is_its_own_target_and_a_cast_is_none(photos: Path) -> None:
    samples = drawn(LightTask(photos))
    assert {float(sample["cast"]) for sample in samples} == {0.0, 1.0}
    for sample in samples:
        same = np.array_equal(sample["before"], sample["after"])
        assert same == (not sample["cast"])


def test_the_loss_of_a_cast_sees_the_repair_as_it_is_made() -> None:
    rng = np.random.default_rng(0)
    photo = rng.integers(20, 120, (1, PIXELS, 3), dtype=np.uint8)
    answer = np.array([0.3, -0.4, 0.1, -0.1, 0.2, 0.05, 1.0], np.float32)
    batch = {"after": torch.from_numpy(photo), "anywhere": torch.from_numpy(photo), "voted": torch.zeros(1, 2)}
    seen = white_balanced(torch.from_numpy(answer)[None], batch).numpy()
    exponents = (float(np.exp(0.1)), float(np.exp(-0.1)), float(np.exp(0.2)))
    table = curves(Cast(Illuminant(0.3, -0.4, 1.0), exponents, float(np.exp(0.05)), 1.0), photo, 1.0)
    made = np.take_along_axis(table, photo[0].astype(int), axis=0)
    np.testing.assert_allclose(seen[0], made, rtol=1e-3)


def test_the_loss_of_contrast_sees_the_repair_as_it_is_made() -> None:
    photo = shipped("coffee")
    low_contrast = LowContrastEnhancer(load_checkpoint(CONTRAST, CHECKPOINTS))
    view = View.for_defect(Defect.LOW_CONTRAST, photo)
    features, low, high = features_of(small_copy(view.image))
    answers = Mlp(load_checkpoint(CONTRAST, CHECKPOINTS))(features)
    codes = torch.from_numpy(photo.reshape(1, -1, 3).astype(np.float32) / 255)
    seen = contrast_repaired(codes, torch.from_numpy(answers)[None], torch.tensor([[low, high]]) / 255)
    made = low_contrast.enhance(photo)
    np.testing.assert_allclose(made.reshape(-1, 3), 255 * seen[0].numpy(), atol=3)


def mean_change(samples: list[Arrays]) -> float:
    return float(np.mean([sample["image"].astype(float).mean() - sample["target"].mean() for sample in samples]))


def test_what_the_networks_see_is_damaged_one_way(photos: Path) -> None:
    assert mean_change(drawn(DarknessTask(photos))) < -25
    assert mean_change(drawn(GlareTask(photos))) > 20
    assert mean_change(drawn(VeilTask(photos))) > 10


def test_the_loss_of_darkness_sees_the_repair_as_it_is_made() -> None:
    dark = low_light(room(0), 0.5, np.random.default_rng(0), noise=0)
    small = small_copy(dark)
    light = cv2.resize(illumination(channel_max(small)), dark.shape[1::-1], interpolation=cv2.INTER_LINEAR) ** 2
    made = build_enhancer(Defect.LOW_LIGHT).apply(dark, DarknessEstimate(1.4, 0.6, 0.0), 1.0)
    seen = lit(
        torch.from_numpy(dark.reshape(1, -1, 3)).float() / 255,
        torch.tensor([[0.4, np.log(0.6)]]).float(),
        torch.tensor([1.0]),
        torch.from_numpy(light.reshape(1, -1)),
    )
    difference = made.reshape(-1, 3) - 255 * seen[0].numpy()
    assert np.abs(difference).mean() < 2


def test_the_loss_of_glare_sees_the_repair_as_it_is_made() -> None:
    rng = np.random.default_rng(0)
    photo = cv2.resize(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8), (64, 64), interpolation=cv2.INTER_LINEAR)
    floor = np.full(CELLS**2, 0.1, np.float32)
    answers = rng.normal(0, 0.5, (CELLS**2, 3)).astype(np.float32)
    ev, log_gamma = (float(value) for value in answers[:, :2].mean(axis=0))
    veil = (floor * np.exp(np.minimum(answers[:, 2], 0.5))).reshape(CELLS, CELLS)
    exposure = OverExposure(3.5 / (1 + np.exp(-ev)), float(np.exp(log_gamma)), WHITE, veil, 0.0)
    codes = torch.from_numpy(photo).permute(2, 0, 1)[None].float() / 255
    seen = exposed(codes, torch.from_numpy(answers)[None], torch.from_numpy(floor)[None])[0].permute(1, 2, 0) * 255
    made = exposed_less(photo, exposure)
    np.testing.assert_allclose(made, seen.numpy(), atol=7)
    assert np.abs(made - seen.numpy()).mean() < 1.5


def test_the_loss_of_haze_sees_the_repair_as_it_is_made() -> None:
    copy = working_copy(hazy(shipped("coffee"), 0.6, np.random.default_rng(0)))
    _, airlight, odds = haze_features(copy)
    answers = np.random.default_rng(1).normal(0, 0.3, (ROWS * COLUMNS, OUTPUTS)).astype(np.float32)
    whole = answers[:, 1:].mean(axis=0)
    estimate = VeilEstimate(
        np.clip(airlight + AIRLIGHT_REACH * np.tanh(whole[:3]), 0.2, 1).astype(np.float32),
        (1 / (1 + np.exp(-(odds + answers[:, 0])))).reshape(ROWS, COLUMNS).astype(np.float32),
        float(POWERS[0] + (POWERS[1] - POWERS[0]) / (1 + np.exp(-whole[3]))),
    )
    made = build_enhancer(Defect.HAZY).apply(copy, estimate, 1.0)
    given = torch.from_numpy(answers)[None]
    codes = torch.from_numpy(copy).permute(2, 0, 1)[None].float() / 255
    seen = unveiled(codes, given, torch.from_numpy(airlight)[None], torch.from_numpy(odds)[None])
    assert np.abs(made - 255 * seen[0].permute(1, 2, 0).numpy()).mean() < 1.5


def test_frames_repeat_for_a_seed(photos: Path) -> None:
    first, second = (Frames(photos, Part.CALIBRATE).draw(np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_no_photo_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no photo to train on"):
        train("poor_white_balance", tmp_path, 0.01, None, tmp_path / "x.safetensors")
