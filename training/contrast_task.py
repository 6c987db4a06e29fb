"""What the network of `low_contrast` learns: what a percentile stretch leaves to correct.

The loss is that of the repaired pixels and their colours, so that it does not matter which parameters get them right.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from enhancers.low_contrast import ARCHITECTURE, LOG_SATURATION, MIDTONES, REACH, features_of
from imaging.defects import Defect
from imaging.image import Image
from imaging.view import small_copy
from training.degradations import trained
from training.degradations.camera import recompress
from training.frames import Frames
from training.perceptrons import Recipe
from training.photos import shrink
from training.split import Part
from training.srgb_tensors import encoded, linear
from training.train_perceptron import Arrays, Batch

FRAME_PX = 320
"""Long side of what is damaged: percentiles hardly change with it, and the draws take a third of the time."""
FLAT_SHARE = 0.9
"""Share of the samples that are flat; the rest is clean, and to stay as it is."""
OTHER_SHARE = 0.2
"""Share that have another defect from the start, which stays."""
OTHERS = (Defect.POOR_WHITE_BALANCE, Defect.JPEG_ARTIFACTS, Defect.NOISY, Defect.BLUR)
SAVED_SHARE = 0.5
"""Share that are saved as JPEG at last, as all are that come through a browser."""
FLOOR_MSE, FLOOR_CHROMA = 1e-4, 5e-3
"""Added to the squared error (nothing is gained beyond 40 dB) and to the mean absolute error of opponent colours."""
GRID = 14
"""The loss is taken on so many rows and columns of each sample."""


class ContrastTask:
    """`training.train_perceptron.Task` of flat contrast.

    Args:
        root: Folder of photos.
    """

    architecture = ARCHITECTURE
    outputs = 5
    # More epochs fit the training photos, and serve listing photos worse.
    recipe = Recipe((64, 32), epochs=10, dropout=0.05, input_noise=0.15, weight_decay=0.05)

    def __init__(self, root: Path) -> None:
        self._photos = Frames(root, Part.CALIBRATE)

    def draw(self, rng: np.random.Generator) -> Arrays:
        photo = shrink(self._photos.draw(rng), FRAME_PX)
        if rng.random() < OTHER_SHARE:
            photo = trained(OTHERS[int(rng.integers(len(OTHERS)))])(photo, float(rng.uniform(0, 0.6)), rng)
        image = photo
        if rng.random() < FLAT_SHARE:
            image = trained(Defect.LOW_CONTRAST)(photo, float(rng.random()), rng)
        if rng.random() < SAVED_SHARE:
            image = recompress(image, int(rng.integers(60, 97)))
        features, low, high = features_of(small_copy(image))
        return {
            "told": features,
            "ends": np.array([low, high], np.float32) / 255,
            "image": _sampled(image),
            "target": _sampled(photo),
        }

    def loss(self, given: Tensor, batch: Batch) -> Tensor:
        difference = repaired(batch["image"].float() / 255, given, batch["ends"]) - batch["target"].float() / 255
        squared = difference.square().mean((1, 2))
        chroma = (difference - difference.mean(2, keepdim=True)).abs().mean((1, 2))
        return (torch.log(squared + FLOOR_MSE) + torch.log(chroma + FLOOR_CHROMA)).mean()


def repaired(codes: Tensor, given: Tensor, ends: Tensor) -> Tensor:
    """Return encoded values after the repair, as `enhancers.low_contrast` makes it.

    Args:
        codes: Encoded values in [0, 1], (B, N, 3).
        given: The answers, (B, 5).
        ends: Of the percentile stretch, in [0, 1], (B, 2).
    """
    low, high = ends[:, 0, None, None], ends[:, 1, None, None]
    black, white, light, midtones, log_saturation = (answer[:, None, None] for answer in given.unbind(1))
    black = low + (high - low) * black.clamp(-REACH, 0)
    white = high + (high - low) * white.clamp(0, REACH)
    in_codes = ((codes - black) / (white - black)).clamp(0, 1)
    in_light = encoded((linear(codes) - linear(black)) / (linear(white) - linear(black)))
    tones = in_codes + torch.sigmoid(light) * (in_light - in_codes)
    tones = tones + midtones.clamp(-MIDTONES, MIDTONES) * tones * (1 - tones)
    grey = tones.mean(2, keepdim=True)
    return (grey + log_saturation.clamp(*LOG_SATURATION).exp() * (tones - grey)).clamp(0, 1)


def _sampled(image: Image) -> Image:
    """Return pixels on an even grid, uint8 (N, 3)."""
    rows, columns = (((np.arange(GRID) + 0.5) / GRID * side).astype(int) for side in image.shape[:2])
    return image[np.ix_(rows, columns)].reshape(-1, 3)
