"""What the network of `poor_white_balance` learns: the light's colour, of estimates that err on different photos.

Two things make many scenes of few photos, and leave grey grey: half of two photos side by side, and turned or stronger
colours.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from torch import Tensor, nn

from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.image import Image
from imaging.measures.light_colour import WEIGHTS, told_of
from imaging.view import View, small_copy
from training.degradations.camera import recompress
from training.degradations.tone import hazy, low_contrast, low_light, poor_white_balance
from training.frames import Frames
from training.perceptrons import Recipe
from training.split import Part
from training.train_perceptron import Arrays, Batch

CAST_SHARE = 0.7
"""Share of the samples under a coloured light."""

MIXED_SHARE = 0.4
"""Share of the casts that are two lights: half as much, and casts over a part of the photo pass for none."""

OTHER_SHARE = 0.15
"""Share that have another defect of tone as well."""

CLIPPED_SHARE = 0.35
"""Share that are exposed longer by up to one stop: cameras clip lamps and windows to white whatever the light, so that
the whitest does not always show it."""

SAVED_SHARE = 0.5
"""Share that are saved as JPEG at last."""

NEAR = 0.02
"""Errors of log chroma that count as none: less is not seen."""

NEED_WEIGHT = 0.1
"""Of the log-odds of a cast, against the error of the light."""


class LightTask:
    """`training.train_perceptron.Task` of white balance.

    Args:
        root: Folder of photos.
    """

    architecture = WEIGHTS.architecture
    outputs = 3
    recipe = Recipe((64, 32), epochs=40, draws=5, dropout=0.05, weight_decay=0.03)

    def __init__(self, root: Path) -> None:
        self._photos = Frames(root, Part.CALIBRATE)

    def draw(self, rng: np.random.Generator) -> Arrays | None:
        """Return what is told of a random photo, what is to be added to the voted log chroma of red and of blue, and
        whether there is a cast; None where clipping leaves nothing to compare."""
        photo = self._scene(rng)
        if rng.random() < OTHER_SHARE:
            photo = (low_light, low_contrast, hazy)[int(rng.integers(3))](photo, float(rng.uniform(0, 0.6)), rng)
        cast = rng.random() < CAST_SHARE
        image = poor_white_balance(photo, float(rng.random()), rng, mixed=MIXED_SHARE) if cast else photo
        if rng.random() < CLIPPED_SHARE:
            image = linear_to_srgb(srgb_to_linear(image) * np.float32(2 ** rng.uniform(0.2, 1)))
        usable = (np.minimum(image, photo).min(axis=2) > 10) & (np.maximum(image, photo).max(axis=2) < 245)
        if np.count_nonzero(usable) < usable.size // 50:
            return None
        gains = np.median(srgb_to_linear(image[usable]) / srgb_to_linear(photo[usable]), axis=0)
        if rng.random() < SAVED_SHARE:
            image = recompress(image, int(rng.integers(70, 97)))
        told, voted = told_of(View.of(image, cv2.INTER_LINEAR).thumbnail, small_copy(image))
        light = np.log(gains[[0, 2]] / gains[1]) - (voted.red, voted.blue)
        return {"told": told, "light": light.astype(np.float32), "cast": np.float32(cast)}

    def loss(self, given: Tensor, batch: Batch) -> Tensor:
        cast = batch["cast"]
        missed = (given[:, :2] - batch["light"]).square().sum(1).add(NEAR**2).sqrt()
        need = nn.functional.binary_cross_entropy_with_logits(given[:, 2], cast)
        # A clean photo is the gate's to keep.
        return (missed * (0.2 + 0.8 * cast)).mean() + NEED_WEIGHT * need

    def _scene(self, rng: np.random.Generator) -> Image:
        """A photo, half of the time two of them side by side, mostly with other colours around the same grey."""
        photo = self._photos.draw(rng)
        if rng.random() < 0.5:
            photo = photo.copy()
            height, width = photo.shape[:2]
            other = cv2.resize(self._photos.draw(rng), (width, height), interpolation=cv2.INTER_AREA)
            share = rng.uniform(0.2, 0.8)
            rows, columns = (int(height * share), width) if rng.random() < 0.5 else (height, int(width * share))
            photo[:rows, :columns] = other[:rows, :columns]
        if rng.random() < 0.3:
            return photo
        turn, stronger = np.radians(rng.normal(0, 12)), np.exp(rng.normal(0, 0.25))
        matrix = stronger * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        planes = cv2.cvtColor(photo, cv2.COLOR_RGB2YCrCb).astype(np.float32)
        planes[..., 1:] = (planes[..., 1:] - 128) @ matrix.T + 128
        return cv2.cvtColor(np.clip(np.rint(planes), 0, 255).astype(np.uint8), cv2.COLOR_YCrCb2RGB)
