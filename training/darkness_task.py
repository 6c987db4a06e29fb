"""What the network of `low_light` learns: how long the exposure should have been, and how far the room is to be lifted.

A sample keeps the error of the repair on a grid of exposures and lifts, in between it is interpolated: so the loss is
what the repair makes of the photo, not how close two numbers come to other two that may be as good.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from enhancers.low_light import ARCHITECTURE, MAX_EV, MAX_LIFT_EV, relit, told_of
from imaging.image import Image
from imaging.view import small_copy
from training.degradations.camera import recompress
from training.degradations.tone import glaring, hazy, low_contrast, low_light, poor_white_balance
from training.exposure import expose, uneven_radiance
from training.frames import Frames
from training.perceptrons import Recipe
from training.shots import Shots
from training.split import Part
from training.train_perceptron import Arrays, Batch

EXPOSURES: NDArray[np.float64] = np.arange(0, MAX_EV + 0.1, 0.5)
LIFTS: NDArray[np.float64] = np.array([0, 0.75, 1.5, 2.5, MAX_LIFT_EV])
"""The grid of the errors, in EV."""

RADIANCE_SHARE, EXPANDED_SHARE, DARK_SHARE, BRIGHT_SHARE = 0.3, 0.1, 0.36, 0.04
"""Shares of the samples: dark shots of measured radiance, of photos taken for the tone mapping of a scene (they only
teach that such a shot is dark: its scene is guessed), darkened photos, and over-exposed ones, which are another
repair's. The rest are clean."""
OTHER_SHARE = 0.12
"""Share with another defect of tone, which stays."""
SAVED_SHARE = 0.4
"""Share that are saved as JPEG at last."""
MAPS = (Part.CALIBRATE, Part.VALIDATE)
"""Parts whose radiance maps are trained on: two dozen scenes are few. Choices were made with ten of them left out."""
GATED_WEIGHT, WHOLE_WEIGHT, NEED_WEIGHT = 0.3, 0.3, 1.0
"""Of the error of the repair by as much as the photo seems to be dark, of all of it, and of the log-odds that it is.
The first keeps clean photos; with more of it, dark scenes that were not trained on are lifted too little."""
FLOOR_MSE = 5e-5
"""Added to the squared error: nothing is gained beyond 43 dB."""


class DarknessTask:
    """`training.train_perceptron.Task` of under-exposure.

    Args:
        root: Folder of photos, with the radiance maps in `hdr`.
    """

    architecture = ARCHITECTURE
    outputs = 3
    recipe = Recipe((96, 48), epochs=40, draws=6, input_noise=0.4)

    def __init__(self, root: Path) -> None:
        self._photos = Frames(root, Part.CALIBRATE)
        self._shots = Shots(root, MAPS)

    def draw(self, rng: np.random.Generator) -> Arrays:
        image, target, dark = self._pair(rng)
        if rng.random() < SAVED_SHARE:
            image = recompress(image, int(rng.integers(70, 97)))
        small = small_copy(image)
        told, exposure = told_of(small)
        errors = np.ones((len(EXPOSURES), len(LIFTS)), np.float32)
        if target is not None:
            wanted = cv2.resize(target, small.shape[1::-1], interpolation=cv2.INTER_LINEAR)
            errors[:] = [[_squared_error(relit(small, small, ev, lift), wanted) for lift in LIFTS] for ev in EXPOSURES]
        return {
            "told": told,
            "exposure": np.float32(exposure),
            "errors": errors,
            "dark": np.float32(dark),
        }

    def loss(self, given: Tensor, batch: Batch) -> Tensor:
        dark, errors = batch["dark"], torch.log(batch["errors"] + FLOOR_MSE)
        exposure = (batch["exposure"] + given[:, 0]).clamp(0, MAX_EV)
        lift = MAX_LIFT_EV * torch.sigmoid(given[:, 1])
        # What a gate between nothing and all makes of it, so that clean photos are kept.
        amount = torch.sigmoid(given[:, 2])
        gated = _between(errors, amount * exposure, amount * lift)
        all_of_it = _between(errors, exposure, lift)
        need = nn.functional.binary_cross_entropy_with_logits(given[:, 2], dark)
        return GATED_WEIGHT * gated.mean() + WHOLE_WEIGHT * (all_of_it * dark).mean() + NEED_WEIGHT * need

    def _pair(self, rng: np.random.Generator) -> tuple[Image, Image | None, bool]:
        """Return a photo, what it should be (None: that is not known), and whether it is dark."""
        kind = float(rng.random())
        if kind < RADIANCE_SHARE and self._shots:
            return *self._shots.draw(rng, -3.2, -1), True
        photo = self._photos.draw(rng)
        if rng.random() < OTHER_SHARE:
            other = (poor_white_balance, low_contrast, hazy)[int(rng.integers(3))]
            photo = other(photo, float(rng.uniform(0, 0.6)), rng)
        kind -= RADIANCE_SHARE
        if 0 <= kind < EXPANDED_SHARE:
            shoulder = float(rng.choice([1.0, rng.uniform(0.6, 0.95)]))
            return expose(uneven_radiance(photo, rng), float(rng.uniform(-3.5, -1.2)), rng, shoulder), None, True
        if kind < EXPANDED_SHARE + DARK_SHARE:
            return low_light(photo, float(rng.random()), rng), photo, True
        if kind < EXPANDED_SHARE + DARK_SHARE + BRIGHT_SHARE:
            photo = glaring(photo, float(rng.random()), rng)
        return photo, photo, False


def _squared_error(image: Image, target: Image) -> float:
    return cv2.norm(image, target, cv2.NORM_L2SQR) / image.size / 255**2


def _between(errors: Tensor, exposure: Tensor, lift: Tensor) -> Tensor:
    """Interpolate the grid of a sample, (B, exposures, lifts), at its exposure and its lift, (B,) each."""
    index = torch.arange(len(errors))
    row, along = _place(exposure, torch.from_numpy(EXPOSURES).float())
    column, across = _place(lift, torch.from_numpy(LIFTS).float())
    first, second = (
        (1 - across) * errors[index, each, column] + across * errors[index, each, column + 1] for each in (row, row + 1)
    )
    return (1 - along) * first + along * second


def _place(value: Tensor, knots: Tensor) -> tuple[Tensor, Tensor]:
    """Return the knot below each value and how far it is on the way to the next one."""
    below = (torch.searchsorted(knots, value.detach().contiguous(), right=True) - 1).clamp(0, len(knots) - 2)
    return below, (value - knots[below]) / (knots[below + 1] - knots[below])
