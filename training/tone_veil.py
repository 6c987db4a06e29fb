"""What the network of `hazy` learns: colour and strength of the veil, and how it changes with height."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from enhancers.tone_network import SIDE_PX, VEIL, VEIL_FEATURES, VEIL_HEIGHTS, veil_features
from training import tone_samples
from training.degradations.tone import glaring, hazy, low_contrast, low_light, poor_white_balance
from training.split import Part
from training.tone_model import Arrays, Batch, TrainedToneNetwork
from training.tone_samples import Thumbnails

_PIXELS = 32
_FLOOR_MSE = 1e-4
"""Added to the squared error: nothing is gained beyond 40 dB."""
TOE = 0.02
"""Linear light below which results run out gently to black."""


class VeilTask:
    """`training.tone_model.Task` of haze.

    Args:
        root: Folder of photos.
    """

    architecture = VEIL

    def __init__(self, root: Path) -> None:
        self._trained = Thumbnails(root, Part.CALIBRATE)
        self._unseen = Thumbnails(root, Part.VALIDATE)

    def network(self) -> TrainedToneNetwork:
        return TrainedToneNetwork(VEIL_FEATURES, 3 + VEIL_HEIGHTS, 1)

    def draw(self, rng: np.random.Generator, *, unseen: bool) -> Arrays:
        photo = (self._unseen if unseen else self._trained).draw(rng)
        if rng.random() < 0.15:
            photo = (low_light, poor_white_balance)[int(rng.integers(2))](photo, float(rng.uniform(0, 0.5)), rng)
        kind, image = rng.random(), photo
        if kind < 0.72:
            image = hazy(photo, float(rng.random()), rng)
        elif kind < 0.78:  # another repair's
            image = photo = (low_contrast, glaring)[int(rng.integers(2))](photo, float(rng.random()), rng)
        features, prior = veil_features(image)
        first = 1 + int(rng.integers(2))
        rows = slice(first, None, tone_samples.SIDE_PX // _PIXELS)
        return {
            "seen": cv2.resize(image, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA),
            "features": features,
            "prior": prior,
            "image": image[rows, rows].transpose(2, 0, 1),
            "target": photo[rows, rows].transpose(2, 0, 1),
            "defective": np.float32(kind < 0.72),
        }

    def losses(self, network: TrainedToneNetwork, batch: Batch) -> tuple[Tensor, str]:
        vector, _, need = network(batch["planes"], batch["features"])
        target, bad = batch["target"], batch["defective"] > 0
        out = unveiled(linear(batch["image"]), batch["prior"] + vector)
        difference = encoded(out) - target
        mse = difference.square().mean((1, 2, 3))
        chroma = difference - difference.mean(1, keepdim=True)
        fit = torch.log(mse + _FLOOR_MSE) + 4 * difference.abs().mean((1, 2, 3)) + 5 * chroma.abs().mean((1, 2, 3))
        needed = functional.binary_cross_entropy_with_logits(need, batch["defective"])
        # A clean photo is the gate's to keep.
        loss = (fit * (0.2 + 0.8 * batch["defective"])).mean() + 0.2 * needed
        psnr = -10 * torch.log10(mse + 1e-5)
        return loss, f"defective {psnr[bad].mean():.2f} dB, clean {psnr[~bad].mean():.2f} dB, need {needed:.3f}"


def unveiled(light: Tensor, veil: Tensor) -> Tensor:
    """Return linear light behind a veil, (B, 3, h, w).

    Args:
        light: Linear light in [0, 1], (B, 3, h, w).
        veil: Natural log of the airlight (3), log-odds of the light lost at `VEIL_HEIGHTS` heights, (B, 3 + heights).
    """
    airlight = torch.exp(veil[:, :3].clamp(-4, 0.3))[:, :, None, None]
    lost = torch.sigmoid(veil[:, 3:].clamp(-8, 2))[:, None]
    lost = functional.interpolate(lost, size=light.shape[2], mode="linear", align_corners=True)[..., None]
    scene = (light - airlight * lost) / (1 - lost)
    toe = TOE * lost + 1e-6
    return torch.where(scene < toe, toe * torch.exp((scene / toe - 1).clamp(-20, 0)), scene)


def linear(codes: Tensor) -> Tensor:
    """Return linear light of encoded sRGB in [0, 1]."""
    return torch.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)


def encoded(light: Tensor) -> Tensor:
    """Return encoded sRGB of linear light, clipped to [0, 1]."""
    low = light.clamp(1e-6, 1)
    return torch.where(low <= 0.0031308, low * 12.92, 1.055 * low ** (1 / 2.4) - 0.055)
