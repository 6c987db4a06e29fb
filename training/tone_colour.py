"""What the network of `poor_white_balance` learns: the colour of the light, and how it differs across the photo."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from enhancers.tone_network import COLOUR, COLOUR_FEATURES, SIDE_PX, colour_features
from imaging.color import LUMA_WEIGHTS_LINEAR
from imaging.image import Image
from training import tone_samples
from training.degradations.tone import hazy, low_contrast, low_light, poor_white_balance
from training.split import Part
from training.tone_model import Arrays, Batch, TrainedToneNetwork
from training.tone_samples import Thumbnails

_PIXELS = 32
_FLOOR_MSE = 1e-4
"""Added to the squared error: nothing is gained beyond 40 dB."""


class ColourTask:
    """`training.tone_model.Task` of white balance.

    Args:
        root: Folder of photos.
    """

    architecture = COLOUR

    def __init__(self, root: Path) -> None:
        self._trained = Thumbnails(root, Part.CALIBRATE)
        self._unseen = Thumbnails(root, Part.VALIDATE)

    def network(self) -> TrainedToneNetwork:
        return TrainedToneNetwork(COLOUR_FEATURES, 3, 2)

    def draw(self, rng: np.random.Generator, *, unseen: bool) -> Arrays:
        photo = (self._unseen if unseen else self._trained).draw(rng)
        if rng.random() < 0.15:
            photo = (low_light, low_contrast, hazy)[int(rng.integers(3))](photo, float(rng.uniform(0, 0.6)), rng)
        defective = rng.random() < 0.75
        image: Image = poor_white_balance(photo, float(rng.random()), rng) if defective else photo
        features, light = colour_features(image)
        first = 1 + int(rng.integers(2))
        rows = slice(first, None, tone_samples.SIDE_PX // _PIXELS)
        return {
            "seen": cv2.resize(image, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA),
            "features": features,
            "voted": np.array([light.red, light.blue], np.float32),
            "image": image[rows, rows].transpose(2, 0, 1),
            "target": photo[rows, rows].transpose(2, 0, 1),
            "defective": np.float32(defective),
        }

    def losses(self, network: TrainedToneNetwork, batch: Batch) -> tuple[Tensor, str]:
        vector, grid, need = network(batch["planes"], batch["features"])
        image, target, bad = batch["image"], batch["target"], batch["defective"] > 0
        light = torch.sigmoid(vector[:, 2:] + 2) * (batch["voted"] + vector[:, :2])
        light_in, wanted = linear(image), linear(target)
        out = neutralised(light_in, light, grid)
        told = ((image.amax(1, keepdim=True) < 0.97) & (target.amax(1, keepdim=True) < 0.97)).float()
        count = told.mean((1, 2, 3)) + 1e-3
        difference = (encoded(out) - target) * told
        mse = difference.square().mean((1, 2, 3)) / count
        # Colour alone, on the scale of a chroma: what tells in a difference of colour.
        chroma = difference - difference.mean(1, keepdim=True)
        fit = torch.log(mse + _FLOOR_MSE) + 10 * chroma.abs().mean((1, 2, 3)) / count
        means = ((light_in + 1e-4) * told).mean((2, 3)) / ((wanted + 1e-4) * told + 1e-6).mean((2, 3))
        true = torch.log((means[:, ::2] + 1e-4) / (means[:, 1:2] + 1e-4))
        missed = (light - true).square().sum(1).add(1e-5).sqrt()
        error = _angle_deg(light, true)
        needed = functional.binary_cross_entropy_with_logits(need, batch["defective"])
        rough = grid.diff(dim=2).square().mean() + grid.diff(dim=3).square().mean()
        loss = fit.mean() + 2 * missed.mean() + 0.2 * needed + 0.5 * rough + 0.1 * grid.square().mean()
        psnr = -10 * torch.log10(mse + 1e-5)
        voted_error = _angle_deg(batch["voted"], true)
        return loss, (
            f"defective {psnr[bad].mean():.2f} dB, {error[bad].mean():.2f} deg (voted {voted_error[bad].mean():.2f}), "
            f"clean {psnr[~bad].mean():.2f} dB, need {needed:.3f}"
        )


def neutralised(seen: Tensor, light: Tensor, grid: Tensor) -> Tensor:
    """Return linear light without the cast, luminance kept, (B, 3, h, w).

    Args:
        seen: Linear light in [0, 1], (B, 3, h, w).
        light: Natural log of red and blue over green, (B, 2).
        grid: What is added to it locally, (B, 2, rows, columns).
    """
    local = functional.interpolate(grid, size=seen.shape[2:], mode="bilinear", align_corners=False)
    red, blue = (light[:, :, None, None] + local).unbind(1)
    gains = torch.exp(-torch.stack([red, torch.zeros_like(red), blue], 1))
    weights = torch.from_numpy(LUMA_WEIGHTS_LINEAR).view(1, 3, 1, 1)
    kept = (seen * gains * weights).sum((1, 2, 3)) / ((seen * weights).sum((1, 2, 3)) + 1e-6)
    return seen * gains / (kept + 1e-6)[:, None, None, None]


def _angle_deg(light: Tensor, other: Tensor) -> Tensor:
    a, b = (torch.stack([torch.exp(x[:, 0]), torch.ones_like(x[:, 0]), torch.exp(x[:, 1])], 1) for x in (light, other))
    return torch.rad2deg(torch.acos(torch.cosine_similarity(a, b).clamp(-1, 1)))


def linear(codes: Tensor) -> Tensor:
    """Return linear light of encoded sRGB in [0, 1]."""
    return torch.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)


def encoded(light: Tensor) -> Tensor:
    """Return encoded sRGB of linear light, clipped to [0, 1]."""
    low = light.clamp(1e-6, 1)
    return torch.where(low <= 0.0031308, low * 12.92, 1.055 * low ** (1 / 2.4) - 0.055)
