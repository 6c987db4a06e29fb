"""What the network of `glaring` learns: a tone curve and local gains.

The loss is the mean over photos of log mean squared error after the repair, which is PSNR, on encoded values; clean
photos and photos with the opposite defect have themselves as target.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from enhancers.tone_network import (
    EXPOSURE,
    GLOBAL_FEATURES,
    KNOTS,
    LEVELS,
    SIDE_PX,
    global_features,
)
from training import tone_samples
from training.split import Part
from training.tone_model import Arrays, Batch, TrainedToneNetwork
from training.tone_samples import ExposureSamples, light_of

_PIXELS = 32
"""The loss is taken on so many rows and columns of each sample."""
_FLOOR_MSE = 1e-4
"""Added to the squared error: nothing is gained beyond 40 dB."""
MIN_WHITE = 0.80
"""What a white pixel may fall to."""
_CLIPPED_WEIGHT = 0.7
"""Weight of pixels that are white in all channels: what was there, nobody knows."""


class ExposureTask:
    """`training.tone_model.Task` of over-exposure.

    Args:
        root: Folder of photos.
    """

    architecture = EXPOSURE

    def __init__(self, root: Path) -> None:
        self._trained = ExposureSamples(root, Part.CALIBRATE)
        self._unseen = ExposureSamples(root, Part.VALIDATE)

    def network(self) -> TrainedToneNetwork:
        return TrainedToneNetwork(GLOBAL_FEATURES, KNOTS, LEVELS)

    def draw(self, rng: np.random.Generator, *, unseen: bool) -> Arrays:
        sample = (self._unseen if unseen else self._trained).draw(rng)
        first = 1 + int(rng.integers(2))
        rows = slice(first, None, tone_samples.SIDE_PX // _PIXELS)
        light = np.minimum(light_of(sample.image), 1)[rows, rows]
        return {
            "seen": cv2.resize(sample.image, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA),
            "features": global_features(sample.image),
            "image": sample.image[rows, rows].transpose(2, 0, 1),
            "target": sample.target[rows, rows].transpose(2, 0, 1),
            "light": np.rint(255 * light).astype(np.uint8),
            "defective": np.float32(sample.defective),
        }

    def losses(self, network: TrainedToneNetwork, batch: Batch) -> tuple[Tensor, str]:
        curve, grid, need = network(batch["planes"], batch["features"])
        image, target, defective = batch["image"], batch["target"], batch["defective"]
        darkest = image.amin(1, keepdim=True)
        white = ((darkest - 0.94) / 0.06).clamp(0, 1)
        out = retoned(image, batch["light"], curve, grid)
        # A white pixel keeps at least so much, fading in over the last codes.
        out = torch.maximum(out, white * MIN_WHITE)
        difference = out.clamp(0, 1) - target
        clipped = (darkest > 0.975).to(out.dtype)
        weight = 1 - (1 - _CLIPPED_WEIGHT) * clipped
        mse = (difference.square() * weight).mean((1, 2, 3))
        fit = torch.log(mse + _FLOOR_MSE) + 4 * (difference.abs() * weight).mean((1, 2, 3))
        fit = fit + 0.5 * functional.relu(out - 1).mean((1, 2, 3))
        known = defective != 0.5
        told = functional.binary_cross_entropy_with_logits(need[known], defective[known])
        rough = sum(grid.diff(dim=d).square().mean() for d in (1, 2, 3)) + curve.diff(n=2, dim=1).square().mean()
        loss = fit.mean() + 0.2 * told + 0.02 * rough + 1e-3 * grid.square().mean()
        psnr = -10 * torch.log10(difference.square().mean((1, 2, 3)) + 1e-5)
        bad = defective > 0
        return loss, f"defective {psnr[bad].mean():.2f} dB, clean {psnr[~bad].mean():.2f} dB, need {told:.3f}"


def retoned(image: Tensor, light: Tensor, curve: Tensor, grid: Tensor) -> Tensor:
    """Return encoded values after curve and grid, above 1 not clipped, differentiable.

    Args:
        image: Encoded values in [0, 1], (B, 3, h, w).
        light: Square root of the illumination, (B, h, w).
        curve: log2 of ratios at knots, (B, KNOTS).
        grid: log2 of gains, (B, LEVELS, CELLS, CELLS).
    """
    position = image.sqrt() * (KNOTS - 1)
    low = position.detach().floor().clamp(0, KNOTS - 2)
    index, part = low.long().flatten(1), (position - low).flatten(1)
    ratio = curve.gather(1, index) * (1 - part) + curve.gather(1, index + 1) * part
    curved = image * torch.exp2(ratio.view_as(image))
    curved = curved.clamp(max=1) + 0.05 * functional.relu(curved - 1)  # a table clips; a slope leads back
    maps = functional.interpolate(grid, size=light.shape[1:], mode="bilinear", align_corners=False)
    level = torch.arange(LEVELS, dtype=light.dtype).view(1, -1, 1, 1)
    weights = functional.relu(1 - (light[:, None] * (LEVELS - 1) - level).abs())
    return curved * torch.exp2((maps * weights).sum(1, keepdim=True))
