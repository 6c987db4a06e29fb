"""What the network of `hazy` learns: the transmission of each place, airlight, and the space of the inversion.

The loss is that of the repaired working copy, so that no true transmission is needed.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from enhancers.hazy import (
    AIRLIGHT_REACH,
    ARCHITECTURE,
    GUIDE_EPSILON,
    GUIDE_RADIUS_PX,
    LEAST_TRANSMISSION,
    OUTPUTS,
    POWERS,
)
from imaging.defects import Defect
from imaging.measures.haze_features import COLUMNS, ROWS, haze_features, working_copy
from training.degradations import trained
from training.degradations.camera import recompress
from training.frames import Frames
from training.perceptrons import Recipe
from training.split import Part
from training.train_perceptron import Arrays, Batch

HAZY_SHARE = 0.9
"""Share of the samples that are hazy; the rest is clear, and to stay as it is."""
OTHER_SHARE = 0.15
"""Share that have another defect from the start, which stays."""
OTHERS = (Defect.POOR_WHITE_BALANCE, Defect.LOW_CONTRAST, Defect.NOISY)
DARKER_SHARE, DARKER_POWERS = 0.5, (1.0, 2.0)
"""Share of the photos whose codes are raised to a power in that range first: those of rooms are lighter than most rooms
are, and a network that knows no other takes haze over a dark room for a light one."""
SAVED_SHARE = 0.4
"""Share that are saved as JPEG at last."""
FLOOR_MSE = 3e-4
"""Added to the squared error: nothing is gained beyond 35 dB."""
COLOUR_WEIGHT = 6.0
"""Of the mean absolute error beside the logarithm of the squared one, which counts severe cases little."""


class VeilTask:
    """`training.train_perceptron.Task` of haze.

    Args:
        root: Folder of photos.
    """

    architecture = ARCHITECTURE
    outputs = OUTPUTS
    recipe = Recipe((64, 32), epochs=24, batch=24, draws=1, input_noise=0.05, dropout=0.02, weight_decay=0.03)

    def __init__(self, root: Path) -> None:
        self._photos = Frames(root, Part.CALIBRATE)

    def draw(self, rng: np.random.Generator) -> Arrays:
        image = photo = self._photos.draw(rng)
        if rng.random() < DARKER_SHARE:
            powers = np.linspace(0, 1, 256) ** rng.uniform(*DARKER_POWERS)
            image = photo = cv2.LUT(photo, np.rint(255 * powers).astype(np.uint8))
        if rng.random() < OTHER_SHARE:
            photo = trained(OTHERS[int(rng.integers(len(OTHERS)))])(photo, float(rng.uniform(0, 0.6)), rng)
            image = photo
        if rng.random() < HAZY_SHARE:
            image = trained(Defect.HAZY)(photo, float(rng.random()), rng)
        if rng.random() < SAVED_SHARE:
            image = recompress(image, int(rng.integers(60, 97)))
        copy = working_copy(image)
        features, airlight, odds = haze_features(copy)
        return {
            "told": features.astype(np.float16),
            "airlight": airlight,
            "odds": odds,
            "image": copy.transpose(2, 0, 1),
            "target": working_copy(photo).transpose(2, 0, 1),
        }

    def loss(self, given: Tensor, batch: Batch) -> Tensor:
        seen = repaired(batch["image"].float() / 255, given, batch["airlight"], batch["odds"])
        difference = seen - batch["target"].float() / 255
        squared = difference.square().mean((1, 2, 3))
        return (torch.log(squared + FLOOR_MSE) + COLOUR_WEIGHT * difference.abs().mean((1, 2, 3))).mean()


def repaired(codes: Tensor, given: Tensor, airlight: Tensor, odds: Tensor) -> Tensor:
    """Return encoded values after the repair.

    Args:
        codes: Encoded values of the working copy in [0, 1], (B, 3, h, w).
        given: The answers of each place, (B, ROWS * COLUMNS, OUTPUTS).
        airlight: That of the dark channel, (B, 3).
        odds: Log-odds of its transmission, (B, ROWS * COLUMNS).
    """
    whole = given[..., 1:].mean(1)
    light = (airlight + AIRLIGHT_REACH * torch.tanh(whole[:, :3])).clamp(0.2, 1)[..., None, None]
    grid = torch.sigmoid(odds + given[..., 0]).view(-1, 1, ROWS, COLUMNS)
    transmission = _along_edges(codes, grid).clamp(LEAST_TRANSMISSION, 1)
    power = (POWERS[0] + (POWERS[1] - POWERS[0]) * torch.sigmoid(whole[:, 3]))[:, None, None, None]
    scene = (codes.clamp_min(1e-3) ** power - light**power) / transmission + light**power
    # The gradient of a power is endless at 0.
    return scene.clamp(1e-4, 1) ** (1 / power)


def _along_edges(codes: Tensor, grid: Tensor) -> Tensor:
    """Return the grid drawn to the edges of the photo, as `enhancers.hazy.guided_coefficients` does."""
    weights = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)
    guide = (codes * weights).sum(1, keepdim=True)
    plane = functional.interpolate(grid, size=codes.shape[2:], mode="bilinear", align_corners=False)

    def mean(values: Tensor) -> Tensor:
        padded = functional.pad(values, (GUIDE_RADIUS_PX,) * 4, mode="replicate")
        return functional.avg_pool2d(padded, 2 * GUIDE_RADIUS_PX + 1, 1)

    guide_mean, plane_mean = mean(guide), mean(plane)
    slope = (mean(guide * plane) - guide_mean * plane_mean) / (mean(guide * guide) - guide_mean**2 + GUIDE_EPSILON)
    return mean(slope) * guide + mean(plane_mean - slope * guide_mean)
