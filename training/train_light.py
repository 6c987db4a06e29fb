"""Trains the network of `poor_white_balance`: the colour of the light, from estimates that err on different photos.

python -m training.train poor_white_balance --photos DIR --minutes 4 --out FILE

Half of the time goes into measuring thumbnails under random casts, the other half into fitting. Two things make many
scenes of few photos, and leave grey grey: half of two photos side by side, and turned or stronger colours.
"""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from enhancers.light_colour import ARCHITECTURE, told_of
from imaging.color import srgb_to_linear
from imaging.image import Image
from imaging.mlp import INPUT_LIMIT
from imaging.weights import save_weights
from training.degradations.tone import hazy, low_contrast, low_light, poor_white_balance
from training.perceptrons import INPUT_NOISE, averaged, descend, halved, perceptron
from training.photos import list_photos
from training.split import Part
from training.tone_samples import Thumbnails

HIDDEN = (48, 24)
DRAWS = 3
EPOCHS = 60
LEAST_SAMPLES = 64

CAST_SHARE = 0.7
"""Share of the samples under a coloured light."""

OTHER_SHARE = 0.15
"""Share that have another defect of tone as well."""

NEAR = 0.02
"""Errors of log chroma that count as none: less is not seen."""

NEED_WEIGHT = 0.1
"""Of the log-odds of a cast, against the error of the light."""

Sample = tuple[NDArray[np.float32], NDArray[np.float32]]


def train(name: str, photos_root: Path, minutes: float, state: Path | None, out: Path) -> None:
    """Measure samples, fit, and write a checkpoint.

    Args:
        name: "poor_white_balance".
        photos_root: Folder of photos.
        minutes: Processor time in all, about.
        state: Samples so far, which are added to; None keeps none.
        out: The checkpoint.

    Raises:
        ValueError: No photo to train on.
    """
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    begun = time.process_time()
    if not list_photos(photos_root, only=Part.CALIBRATE):
        raise ValueError("no photo to train on: the calibrate part of the split holds none")
    told, truth = measured(Thumbnails(photos_root, Part.CALIBRATE), begun + 30 * minutes, state)
    save_weights(out, halved(fit(told, truth, begun + 60 * minutes)), ARCHITECTURE)


def measured(
    photos: Thumbnails, deadline: float, state: Path | None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what is told of samples, float32 (N, FEATURES), and their truth, float32 (N, 3); see `sample`."""
    told: list[NDArray[np.float32]] = []
    truth: list[NDArray[np.float32]] = []
    if state is not None and state.exists():
        with np.load(state) as stored:
            told, truth = list(stored["told"]), list(stored["truth"])
    rng = np.random.default_rng(len(told))
    while time.process_time() < deadline or len(told) < LEAST_SAMPLES:
        drawn = sample(photos, rng)
        if drawn is not None:
            told.append(drawn[0])
            truth.append(drawn[1])
    if state is not None:
        with state.open("wb") as file:
            np.savez(file, told=np.stack(told), truth=np.stack(truth))
    return np.stack(told), np.stack(truth)


def sample(photos: Thumbnails, rng: np.random.Generator) -> Sample | None:
    """Return what is told of a random photo, and what is to be answered: what is to be added to the voted log chroma of
    red and of blue, and whether there is a cast; None where clipping leaves nothing to compare."""
    photo = _scene(photos, rng)
    if rng.random() < OTHER_SHARE:
        photo = (low_light, low_contrast, hazy)[int(rng.integers(3))](photo, float(rng.uniform(0, 0.6)), rng)
    cast = rng.random() < CAST_SHARE
    image = poor_white_balance(photo, float(rng.random()), rng) if cast else photo
    usable = (np.minimum(image, photo).min(axis=2) > 10) & (np.maximum(image, photo).max(axis=2) < 245)
    if np.count_nonzero(usable) < usable.size // 50:
        return None
    gains = np.median(srgb_to_linear(image[usable]) / srgb_to_linear(photo[usable]), axis=0)
    told, voted = told_of(image)
    light = np.log(gains[[0, 2]] / gains[1]) - (voted.red, voted.blue)
    return told, np.array([*light, cast], np.float32)


def _scene(photos: Thumbnails, rng: np.random.Generator) -> Image:
    """A photo, half of the time two of them side by side, mostly with other colours around the same grey."""
    photo = photos.draw(rng)
    if rng.random() < 0.5:
        photo = photo.copy()
        side = int(rng.integers(len(photo) // 5, len(photo) * 4 // 5))
        along = photo if rng.random() < 0.5 else photo.transpose(1, 0, 2)
        along[:side] = photos.draw(rng)[:side]
    if rng.random() < 0.3:
        return photo
    turn, stronger = np.radians(rng.normal(0, 12)), np.exp(rng.normal(0, 0.25))
    matrix = stronger * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    planes = cv2.cvtColor(photo, cv2.COLOR_RGB2YCrCb).astype(np.float32)
    planes[..., 1:] = (planes[..., 1:] - 128) @ matrix.T + 128
    return cv2.cvtColor(np.clip(np.rint(planes), 0, 255).astype(np.uint8), cv2.COLOR_YCrCb2RGB)


def fit(told: NDArray[np.float32], truth: NDArray[np.float32], deadline: float) -> dict[str, NDArray[np.float32]]:
    """Fit networks to samples until a time of `time.process_time`; return the weights of their mean."""
    mean, scale = told.mean(axis=0), told.std(axis=0) + 1e-2
    inputs = torch.tensor(np.clip((told - mean) / scale, -INPUT_LIMIT, INPUT_LIMIT), dtype=torch.float32)
    answers = torch.tensor(truth)

    def loss(net: nn.Module, chosen: Tensor) -> Tensor:
        batch, answer = inputs[chosen], answers[chosen]
        given = net(batch + INPUT_NOISE * torch.randn_like(batch))
        missed = (given[:, :2] - answer[:, :2]).square().sum(1).add(NEAR**2).sqrt()
        need = nn.functional.binary_cross_entropy_with_logits(given[:, 2], answer[:, 2])
        # A clean photo is the gate's to keep.
        return (missed * (0.2 + 0.8 * answer[:, 2])).mean() + NEED_WEIGHT * need

    nets = []
    for draw in range(DRAWS):
        end = time.process_time() + (deadline - time.process_time()) / (DRAWS - draw)
        nets.append(descend(perceptron(told.shape[1], HIDDEN, 3, draw), loss, len(inputs), EPOCHS, end))
    return {"mean": mean, "scale": scale, **averaged(nets)}
