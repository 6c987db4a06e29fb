"""What the network of `low_light` learns: how long the exposure should have been, and the gamma that lifts the rest.

The loss is that of the repaired pixels, each with the illumination of its place, so that it does not matter by which of
the two they get right.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from enhancers.local_tone import illumination
from enhancers.low_light import ARCHITECTURE, LEAST_BLACK, LOCAL_SHARE, LOG_GAMMA, MAX_EV, features_of
from imaging.defects import Defect
from imaging.image import Image
from imaging.measures.exposure import channel_max
from imaging.view import small_copy
from training.degradations import trained
from training.degradations.camera import recompress
from training.frames import Frames
from training.perceptrons import Recipe
from training.shots import Shots
from training.split import Part
from training.srgb_tensors import encoded, linear
from training.train_perceptron import Arrays, Batch

BRACKET_SHARE, DARK_SHARE = 0.4, 0.55
"""Shares of the samples: dark frames of brackets of measured radiance, against their fusion, and darkened photos. The
rest are clean, and to stay as they are."""
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
_PIXELS = 24
"""The loss is taken on so many rows and columns of each sample."""


class DarknessTask:
    """`training.train_perceptron.Task` of under-exposure.

    Args:
        root: Folder of photos, with the radiance maps in `hdr`.
    """

    architecture = ARCHITECTURE
    outputs = 2
    recipe = Recipe((96, 48), epochs=60, draws=4, input_noise=0.2)

    def __init__(self, root: Path) -> None:
        self._photos = Frames(root, Part.CALIBRATE)
        self._shots = Shots(root, MAPS)

    def draw(self, rng: np.random.Generator) -> Arrays:
        image, target = self._pair(rng)
        if rng.random() < SAVED_SHARE:
            image = recompress(image, int(rng.integers(70, 97)))
        small = small_copy(image)
        features, exposure = features_of(small)
        light = cv2.resize(illumination(channel_max(small)), image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        rows, columns = (((np.arange(_PIXELS) + 0.5) / _PIXELS * side).astype(int) for side in image.shape[:2])
        places = np.ix_(rows, columns)
        return {
            "told": features,
            "exposure": np.float32(exposure),
            "image": image[places].reshape(-1, 3),
            "light": (light[places].ravel() ** 2).astype(np.float32),
            "target": target[places].reshape(-1, 3),
        }

    def loss(self, given: Tensor, batch: Batch) -> Tensor:
        seen = repaired(batch["image"].float() / 255, given, batch["exposure"], batch["light"])
        difference = seen - batch["target"].float() / 255
        squared = difference.square().mean((1, 2))
        return (torch.log(squared + FLOOR_MSE) + COLOUR_WEIGHT * difference.abs().mean((1, 2))).mean()

    def _pair(self, rng: np.random.Generator) -> tuple[Image, Image]:
        """Return a photo and what it should be."""
        kind = float(rng.random())
        if kind < BRACKET_SHARE and self._shots:
            dark, _, fused = self._shots.bracket(rng)
            return dark, fused
        photo = self._photos.draw(rng)
        if rng.random() < OTHER_SHARE:
            photo = trained(OTHERS[int(rng.integers(len(OTHERS)))])(photo, float(rng.uniform(0, 0.6)), rng)
        if kind < BRACKET_SHARE + DARK_SHARE:
            return trained(Defect.LOW_LIGHT)(photo, float(rng.random()), rng), photo
        return photo, photo


def repaired(codes: Tensor, given: Tensor, exposure: Tensor, light: Tensor) -> Tensor:
    """Return encoded values after the repair.

    Args:
        codes: Encoded values in [0, 1], (B, N, 3).
        given: The answers, (B, 2).
        exposure: That of the textbook, EV, (B,).
        light: Encoded illumination of each pixel's place, (B, N).
    """
    gain = torch.exp2((exposure + given[:, 0]).clamp(0, MAX_EV))[:, None, None]
    gamma = given[:, 1].clamp(*LOG_GAMMA).exp()[:, None, None]
    exposed = encoded(linear(codes) * gain)
    surroundings = encoded(linear(light[..., None].clamp_min(1e-3)) * gain)
    local = _lifted(surroundings, 1 + LOCAL_SHARE * (gamma - 1)) / surroundings.clamp_min(1e-4)
    return (_lifted(exposed, 1 + (1 - LOCAL_SHARE) * (gamma - 1)) * local).clamp(0, 1)


def _lifted(codes: Tensor, gamma: Tensor) -> Tensor:
    low = LEAST_BLACK**gamma
    return ((codes + LEAST_BLACK) ** gamma - low) / ((1 + LEAST_BLACK) ** gamma - low)
