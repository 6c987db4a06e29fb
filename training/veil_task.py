"""What the network of `hazy` learns: colour and strength of the veil, and how it changes with height."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from enhancers.hazy import ARCHITECTURE, ARGS, HEIGHTS, told_of
from imaging.view import small_copy
from training.degradations.camera import recompress
from training.degradations.tone import glaring, hazy, low_contrast, low_light, poor_white_balance
from training.frames import Frames
from training.perceptrons import Recipe
from training.split import Part
from training.train_perceptron import Arrays, Batch

VEILED_SHARE, FOREIGN_SHARE = 0.72, 0.08
"""Shares of the samples that are veiled, and that have a defect of tone which is another repair's; others are clean."""
OTHER_SHARE = 0.12
"""Share with another defect of tone, which stays."""
SAVED_SHARE = 0.5
"""Share that are saved as JPEG at last."""
FLOOR_MSE = 1e-4
"""Added to the squared error: nothing is gained beyond 40 dB."""
_PIXELS = 16
"""The loss is taken on so many rows and columns of each sample."""


class VeilTask:
    """`training.train_perceptron.Task` of haze.

    Args:
        root: Folder of photos.
    """

    architecture = ARCHITECTURE
    outputs = 3 + HEIGHTS + 1
    recipe = Recipe((96, 48), epochs=80, input_noise=0.05, dropout=0.05, weight_decay=0.03)

    def __init__(self, root: Path) -> None:
        self._photos = Frames(root, Part.CALIBRATE)

    def draw(self, rng: np.random.Generator) -> Arrays:
        photo, kind = self._photos.draw(rng), rng.random()
        if rng.random() < OTHER_SHARE:
            photo = (low_light, poor_white_balance)[int(rng.integers(2))](photo, float(rng.uniform(0, 0.5)), rng)
        image = photo
        if kind < VEILED_SHARE:
            image = hazy(photo, float(rng.random()), rng)
        elif kind < VEILED_SHARE + FOREIGN_SHARE:
            image = photo = (low_contrast, glaring, low_light)[int(rng.integers(3))](photo, float(rng.random()), rng)
        if rng.random() < SAVED_SHARE:
            image = recompress(image, int(rng.integers(60, 97)))
        told, expected = told_of(small_copy(image))
        rows, columns = (np.linspace(0, side - 1, _PIXELS).round().astype(int) for side in image.shape[:2])
        pixels = np.ix_(rows, columns)
        return {
            "told": told,
            "expected": expected,
            "image": image[pixels].transpose(2, 0, 1),
            "target": photo[pixels].transpose(2, 0, 1),
            "veiled": np.float32(kind < VEILED_SHARE),
        }

    def loss(self, given: Tensor, batch: Batch) -> Tensor:
        veiled, light = batch["veiled"], linear(batch["image"].float() / 255)
        out = encoded(unveiled(light, batch["expected"] + given[:, :-1]))
        difference = out - batch["target"].float() / 255
        mse = difference.square().mean((1, 2, 3))
        chroma = difference - difference.mean(1, keepdim=True)
        fit = torch.log(mse + FLOOR_MSE) + 4 * difference.abs().mean((1, 2, 3)) + 5 * chroma.abs().mean((1, 2, 3))
        need = nn.functional.binary_cross_entropy_with_logits(given[:, -1], veiled)
        # A clean photo is the gate's to keep.
        return (fit * (0.1 + 0.9 * veiled)).mean() + 0.2 * need


def unveiled(light: Tensor, veil: Tensor) -> Tensor:
    """Return linear light behind a veil, (B, 3, h, w).

    Args:
        light: Linear light in [0, 1], (B, 3, h, w).
        veil: Natural log of the airlight (3), log-odds of the light lost at `HEIGHTS` heights, (B, 3 + heights).
    """
    airlight = torch.exp(veil[:, :3].clamp(-4, 0.3))[:, :, None, None]
    lost = torch.sigmoid(veil[:, 3:].clamp(-8, 2))[:, None]
    lost = functional.interpolate(lost, size=light.shape[2], mode="linear", align_corners=True)[..., None]
    scene = (light - airlight * lost) / (1 - lost)
    toe = ARGS.toe * lost + 1e-6
    return torch.where(scene < toe, toe * torch.exp((scene / toe - 1).clamp(-20, 0)), scene)


def linear(codes: Tensor) -> Tensor:
    """Return linear light of encoded sRGB in [0, 1]."""
    return torch.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)


def encoded(light: Tensor) -> Tensor:
    """Return encoded sRGB of linear light, clipped to [0, 1]."""
    low = light.clamp(1e-6, 1)
    return torch.where(low <= 0.0031308, low * 12.92, 1.055 * low ** (1 / 2.4) - 0.055)
