"""What the network of `low_contrast` learns: gain, saturation and mean of the affine map that undoes a squeezed range.

A sample keeps the second moments of its codes: the squared error of any such map follows from them.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from enhancers.low_contrast import ARCHITECTURE, GAIN_LIMITS, SATURATION_LIMITS, told_of
from imaging.image import Image
from imaging.view import small_copy
from training.degradations.camera import recompress
from training.degradations.detail import blur, jpeg_artifacts, noisy
from training.degradations.tone import glaring, hazy, low_contrast, low_light, poor_white_balance
from training.frames import Frames
from training.perceptrons import Recipe
from training.split import Part
from training.train_perceptron import Arrays, Batch

FLAT_SHARE, FOREIGN_SHARE = 0.68, 0.1
"""Shares of the samples that are flat, and that have a defect of tone which is another repair's; the rest is clean."""
OTHER_SHARE = 0.15
"""Share that have another defect from the start, which stays."""
SAVED_SHARE = 0.5
"""Share that are saved as JPEG at last, as all are that come through a browser."""
FLOOR_MSE = 5e-5
"""Added to the squared error: nothing is gained beyond 43 dB."""
AVERAGED_PX = 128


class ContrastTask:
    """`training.train_perceptron.Task` of flat contrast.

    Args:
        root: Folder of photos.
    """

    architecture = ARCHITECTURE
    outputs = 4
    recipe = Recipe((48, 24), epochs=80)

    def __init__(self, root: Path) -> None:
        self._photos = Frames(root, Part.CALIBRATE)

    def draw(self, rng: np.random.Generator) -> Arrays:
        photo, kind = self._photos.draw(rng), rng.random()
        if rng.random() < OTHER_SHARE:
            other = (poor_white_balance, jpeg_artifacts, noisy, blur)[int(rng.integers(4))]
            photo = other(photo, float(rng.uniform(0, 0.6)), rng)
        image = photo
        if kind < FLAT_SHARE:
            image = low_contrast(photo, float(rng.random()), rng)
        elif kind < FLAT_SHARE + FOREIGN_SHARE:
            image = photo = (hazy, glaring, low_light)[int(rng.integers(3))](photo, float(rng.random()), rng)
        if rng.random() < SAVED_SHARE:
            image = recompress(image, int(rng.integers(60, 97)))
        return {
            "told": told_of(small_copy(image)),
            "flat": np.float32(kind < FLAT_SHARE),
            **_moments(_averaged(image), _averaged(photo)),
        }

    def loss(self, given: Tensor, batch: Batch) -> Tensor:
        flat, wanted = batch["flat"], affine(given, batch["within"][:, 1, 2])
        # What a gate between nothing and all makes of it, so that clean photos are kept.
        amount = torch.sigmoid(given[:, 3])[:, None]
        nothing = torch.tensor([1.0, 0, 0])
        gated = torch.log(squared_error(nothing + amount * (wanted - nothing), batch) + FLOOR_MSE)
        all_of_it = torch.log(squared_error(wanted, batch) + FLOOR_MSE)
        need = nn.functional.binary_cross_entropy_with_logits(given[:, 3], flat)
        return gated.mean() + 0.3 * (all_of_it * flat).mean() + 0.3 * need


def affine(given: Tensor, mean: Tensor) -> Tensor:
    """Return the factors (B, 3) of a code, of its pixel's grey, and of 1, that answers stand for.

    Args:
        given: Log gain, log saturation, what is added to the mean, (B, 3 or more).
        mean: Of the codes in [0, 1], (B,).
    """
    gain = torch.exp(given[:, 0].clamp(*GAIN_LIMITS))
    saturation = torch.exp(given[:, 1].clamp(*SATURATION_LIMITS))
    return torch.stack([gain * saturation, gain * (1 - saturation), mean + given[:, 2] - gain * mean], 1)


def squared_error(factors: Tensor, batch: Batch) -> Tensor:
    """Return the mean squared error against the targets, (B,), of affine maps, (B, 3)."""
    within = torch.einsum("bi,bij,bj->b", factors, batch["within"], factors)
    return (within - 2 * (factors * batch["across"]).sum(1) + batch["target"]).clamp_min(0)


def _averaged(image: Image) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    small = cv2.resize(image, (AVERAGED_PX, AVERAGED_PX), interpolation=cv2.INTER_AREA)
    return small.reshape(-1, 3).astype(np.float64) / 255


def _moments(
    seen: np.ndarray[tuple[int, int], np.dtype[np.float64]], target: np.ndarray[tuple[int, int], np.dtype[np.float64]]
) -> Arrays:
    """Return the mean products of (code, grey of its pixel, 1) with one another and with the target."""
    grey = np.broadcast_to(seen.mean(axis=1, keepdims=True), seen.shape)
    told = np.stack([seen.ravel(), grey.ravel(), np.ones(seen.size)], axis=1)
    wanted = target.ravel()
    return {
        "within": (told.T @ told / wanted.size).astype(np.float32),
        "across": (told.T @ wanted / wanted.size).astype(np.float32),
        "target": np.float32(wanted @ wanted / wanted.size),
    }
