"""Trains the perceptrons under the repairs that need a few numbers of a photo: light, contrast, veil, glare.

python -m training.train low_light --photos DIR --minutes 20 --state FILE --out FILE

Half of the time goes into measuring randomly damaged photos, the other half into fitting: what is told of a photo are
few numbers, so that all samples are kept, and more time means more of them.
"""

from __future__ import annotations

import time
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from imaging.weights import save_weights
from training.perceptrons import Recipe, fitted, halved
from training.photos import training_photos
from training.split import Part

Arrays = dict[str, Any]
"""Arrays and numbers of one sample by name."""

Batch = dict[str, Tensor]

TASKS = {
    "glaring": ("training.glare_task", "GlareTask"),
    "hazy": ("training.veil_task", "VeilTask"),
    "low_contrast": ("training.contrast_task", "ContrastTask"),
    "low_light": ("training.darkness_task", "DarknessTask"),
    "poor_white_balance": ("training.light_task", "LightTask"),
}
"""Module and class of what each network learns."""

LEAST_SAMPLES = 64


class Task(Protocol):
    """What one perceptron learns; made of the folder of photos.

    Attributes:
        architecture: Name of the network family.
        outputs: Numbers it answers.
        recipe: How it is fitted.
    """

    architecture: str
    outputs: int
    recipe: Recipe

    def draw(self, rng: np.random.Generator) -> Arrays | None:
        """Return a random sample: "told", (F,) or (places, F), and what the loss needs.

        None if the draw came to nothing.
        """

    def loss(self, given: Tensor, batch: Batch) -> Tensor:
        """Return the mean loss of answers, (B, outputs) or (B, places, outputs), to samples."""


def train(name: str, photos_root: Path, minutes: float, state: Path | None, out: Path) -> None:
    """Measure samples, fit, and write a checkpoint.

    Args:
        name: One of `TASKS`.
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
    if not training_photos(photos_root, Part.CALIBRATE):
        raise ValueError("no photo to train on: the calibrate part of the split holds none")
    module, kind = TASKS[name]
    task: Task = getattr(import_module(module), kind)(photos_root)
    samples = measured(task, begun + 30 * minutes, state)
    held = {key: torch.from_numpy(values) for key, values in samples.items()}

    def loss(given: Tensor, chosen: Tensor) -> Tensor:
        return task.loss(given, {key: values[chosen] for key, values in held.items()})

    weights = fitted(samples["told"], loss, task.outputs, task.recipe, begun + 60 * minutes)
    save_weights(out, halved(weights), task.architecture)


def measured(task: Task, deadline: float, state: Path | None) -> dict[str, NDArray[Any]]:
    """Draw samples until a time of `time.process_time`; return them by name, the sample along the first axis."""
    kept: dict[str, list[Any]] = {}
    if state is not None and state.exists():
        with np.load(state) as stored:
            kept = {key: list(stored[key]) for key in stored.files}
    rng = np.random.default_rng(len(kept.get("told", ())))
    while time.process_time() < deadline or len(kept.get("told", ())) < LEAST_SAMPLES:
        for key, value in (task.draw(rng) or {}).items():
            kept.setdefault(key, []).append(value)
    samples = {key: np.stack(values) for key, values in kept.items()}
    if state is not None:
        with state.open("wb") as file:
            np.savez(file, **samples)  # type: ignore[arg-type]
    return samples
