"""What the network of `glaring` learns: exposure and gamma, and the glare at each place.

The loss is the error of the repair, on encoded values. Where a photo is blown it counts little: what was there, nobody
knows, and the fusion of a bracket would teach that it is grey.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from enhancers.glaring import (
    ARCHITECTURE,
    CELLS,
    EVS,
    HIGHLIGHT_POWER,
    LEAST_LIGHT,
    LOG_GAMMA,
    WHITE,
    told_of,
)
from imaging.defects import Defect
from imaging.image import Image
from imaging.view import small_copy
from training.degradations import trained
from training.degradations.camera import recompress
from training.frames import Frames
from training.perceptrons import Recipe
from training.shots import Shots
from training.split import Part
from training.srgb_tensors import encoded, linear
from training.train_perceptron import Arrays, Batch

BRACKET_SHARE, BRIGHT_SHARE = 0.35, 0.6
"""Shares of the samples: bright frames of brackets of measured radiance, against their fusion, and over-exposed photos.
The rest are clean, and to stay as they are."""
OTHER_SHARE = 0.12
"""Share with another defect of tone, which stays."""
OTHERS = (Defect.POOR_WHITE_BALANCE, Defect.LOW_CONTRAST, Defect.HAZY)
SAVED_SHARE = 0.4
"""Share that are saved as JPEG at last."""
MAPS = (Part.CALIBRATE, Part.VALIDATE)
"""Parts whose radiance maps are trained on: two dozen scenes are few."""
FLOOR_MSE = 3e-4
"""Added to the squared error: nothing is gained beyond 35 dB."""
COLOUR_WEIGHT = 6.0
"""Of the mean absolute error beside the logarithm of the squared one, which counts severe cases little."""
BLOWN, BLOWN_WEIGHT = 245 / 255, 0.2
"""Encoded value of the lowest channel from which a pixel is blown, and how much it counts."""
_PIXELS = 24
"""The loss is taken on so many rows and columns of each sample."""


class GlareTask:
    """`training.train_perceptron.Task` of over-exposure.

    Args:
        root: Folder of photos, with the radiance maps in `hdr`.
    """

    architecture = ARCHITECTURE
    outputs = 3
    recipe = Recipe((96, 48), epochs=24, draws=2, dropout=0.08, weight_decay=0.05)

    def __init__(self, root: Path) -> None:
        self._photos = Frames(root, Part.CALIBRATE)
        self._shots = Shots(root, MAPS)

    def draw(self, rng: np.random.Generator) -> Arrays:
        image, target = self._pair(rng)
        if rng.random() < SAVED_SHARE:
            image = recompress(image, int(rng.integers(70, 97)))
        features, floor = told_of(small_copy(image))
        rows, columns = (((np.arange(_PIXELS) + 0.5) / _PIXELS * side).astype(int) for side in image.shape[:2])
        pixels = np.ix_(rows, columns)
        return {
            "told": features.astype(np.float16),
            "floor": floor,
            "image": image[pixels].transpose(2, 0, 1),
            "target": target[pixels].transpose(2, 0, 1),
        }

    def loss(self, given: Tensor, batch: Batch) -> Tensor:
        codes = batch["image"].float() / 255
        difference = repaired(codes, given, batch["floor"]) - batch["target"].float() / 255
        weight = torch.where(codes.amin(1, keepdim=True) >= BLOWN, BLOWN_WEIGHT, 1.0)
        weight = weight / weight.mean((1, 2, 3), keepdim=True)
        squared = (weight * difference.square()).mean((1, 2, 3))
        absolute = (weight * difference.abs()).mean((1, 2, 3))
        return (torch.log(squared + FLOOR_MSE) + COLOUR_WEIGHT * absolute).mean()

    def _pair(self, rng: np.random.Generator) -> tuple[Image, Image]:
        """Return a photo and what it should be."""
        kind = float(rng.random())
        if kind < BRACKET_SHARE and self._shots:
            _, bright, fused = self._shots.bracket(rng)
            return bright, fused
        photo = self._photos.draw(rng)
        if rng.random() < OTHER_SHARE:
            photo = trained(OTHERS[int(rng.integers(len(OTHERS)))])(photo, float(rng.uniform(0, 0.6)), rng)
        if kind < BRACKET_SHARE + BRIGHT_SHARE:
            return trained(Defect.GLARING)(photo, float(rng.random()), rng), photo
        return photo, photo


def repaired(codes: Tensor, given: Tensor, floor: Tensor) -> Tensor:
    """Return encoded values after the repair.

    Args:
        codes: Encoded values in [0, 1], (B, 3, h, w), h = w.
        given: The answers of each place, (B, CELLS**2, 3).
        floor: Linear light of the darkest there, (B, CELLS**2).
    """
    ev = EVS[0] + (EVS[1] - EVS[0]) * torch.sigmoid(given[..., 0].mean(1))[:, None, None, None]
    gamma = given[..., 1].mean(1).clamp(*LOG_GAMMA).exp()[:, None, None, None]
    veil = (floor * torch.exp(given[..., 2].clamp(-12, 0.5))).view(-1, 1, CELLS, CELLS)
    veil = functional.interpolate(veil.sqrt(), size=codes.shape[2:], mode="bicubic", align_corners=False).square()
    light = linear(codes)
    taken = veil * (1 - codes.amin(1, keepdim=True) ** HIGHLIGHT_POWER)
    bare = torch.maximum(light - taken, LEAST_LIGHT * light)
    done = encoded(bare * torch.exp2(-ev)).clamp_min(1e-4) ** gamma
    white = encoded(torch.exp2(-ev)) ** gamma
    highest = codes.amax(1, keepdim=True)
    exposed = encoded(linear(highest) * torch.exp2(-ev)).clamp_min(1 / 255) ** gamma
    raised = 1 + (WHITE - white).clamp_min(0) * highest**HIGHLIGHT_POWER / exposed
    return (done * raised).clamp(0, 1)
