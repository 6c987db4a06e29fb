"""What the network of `glaring` learns: exposure, the camera's shoulder, and the glare at each place.

The loss is the error of the repair, on encoded values.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from enhancers.glaring import (
    ARCHITECTURE,
    CELLS,
    EVS,
    LEAST_LIGHT,
    LIFTS_EV,
    NEARLY_CLIPPED,
    NEARLY_WHITE,
    SHOULDERS,
    WHITE,
    told_of,
)
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
from training.veil_task import encoded, linear

RADIANCE_SHARE, EXPANDED_SHARE, GLARING_SHARE, DARK_SHARE = 0.1, 0.08, 0.52, 0.04
"""Shares of the samples: bright shots of measured radiance, of photos taken for the tone mapping of a scene,
over-exposed photos, and dark ones, which are another repair's. The rest are clean."""
OTHER_SHARE = 0.12
"""Share with another defect of tone, which stays."""
SAVED_SHARE = 0.4
"""Share that are saved as JPEG at last."""
FRAMED_SHARE = 1 / 12
"""Share with a white or black frame, as letterboxed photos and graphics have it."""
FLOOR_MSE = 1e-4
"""Added to the squared error: nothing is gained beyond 40 dB."""
NEED_WEIGHT = 0.3
"""Of the log-odds of over-exposure, against the error of the repair; with more, drawings pass for over-exposed."""
_PIXELS = 24
"""The loss is taken on so many rows and columns of each sample."""


class GlareTask:
    """`training.train_perceptron.Task` of over-exposure.

    Args:
        root: Folder of photos, with the radiance maps in `hdr`.
    """

    architecture = ARCHITECTURE
    outputs = 5
    recipe = Recipe((128, 48), epochs=20, dropout=0.1, weight_decay=0.05)

    def __init__(self, root: Path) -> None:
        self._photos = Frames(root, Part.CALIBRATE)
        self._shots = Shots(root, [Part.CALIBRATE])

    def draw(self, rng: np.random.Generator) -> Arrays:
        image, target, blown = self._pair(rng)
        if rng.random() < FRAMED_SHARE:
            image, target = _framed(image, target, rng)
        if rng.random() < SAVED_SHARE:
            image = recompress(image, int(rng.integers(70, 97)))
        told, floor = told_of(small_copy(image))
        rows, columns = (((np.arange(_PIXELS) + 0.5) / _PIXELS * side).astype(int) for side in image.shape[:2])
        pixels = np.ix_(rows, columns)
        return {
            "told": told.astype(np.float16),
            "floor": floor,
            "image": image[pixels].transpose(2, 0, 1),
            "target": target[pixels].transpose(2, 0, 1),
            "blown": np.float32(blown),
        }

    def loss(self, given: Tensor, batch: Batch) -> Tensor:
        blown, codes = batch["blown"], batch["image"].float() / 255
        difference = repaired(codes, given, batch["floor"]) - batch["target"].float() / 255
        mse = difference.square().mean((1, 2, 3))
        fit = torch.log(mse + FLOOR_MSE) + 6 * difference.abs().mean((1, 2, 3))
        need = nn.functional.binary_cross_entropy_with_logits(given[..., 3].mean(1), blown)
        # A clean photo is the gate's to keep.
        return (fit * (0.1 + 0.9 * blown)).mean() + NEED_WEIGHT * need

    def _pair(self, rng: np.random.Generator) -> tuple[Image, Image, bool]:
        """Return a photo, what it should be, and whether it is over-exposed."""
        kind = float(rng.random())
        if kind < RADIANCE_SHARE and self._shots:
            return *self._shots.draw(rng, 1.2, 2.7), True
        photo = self._photos.draw(rng)
        if rng.random() < OTHER_SHARE:
            other = (poor_white_balance, low_contrast, hazy)[int(rng.integers(3))]
            photo = other(photo, float(rng.uniform(0, 0.6)), rng)
        kind -= RADIANCE_SHARE
        if 0 <= kind < EXPANDED_SHARE:
            shoulder = float(rng.choice([1.0, rng.uniform(0.6, 0.95)]))
            return expose(uneven_radiance(photo, rng), float(rng.uniform(1, 2.8)), rng, shoulder), photo, True
        if kind < EXPANDED_SHARE + GLARING_SHARE:
            return glaring(photo, float(rng.random()), rng), photo, True
        if kind < EXPANDED_SHARE + GLARING_SHARE + DARK_SHARE:
            photo = low_light(photo, float(rng.random()), rng)
        return photo, photo, False


def repaired(codes: Tensor, given: Tensor, floor: Tensor) -> Tensor:
    """Return encoded values after the repair.

    Args:
        codes: Encoded values in [0, 1], (B, 3, h, w), h = w.
        given: The answers of each place, (B, CELLS**2, 5).
        floor: Linear light of the darkest there, (B, CELLS**2).
    """
    ev, shoulder, lift = (
        low + (high - low) * torch.sigmoid(logit)[:, None, None, None]
        for logit, (low, high) in zip(given[..., :3].mean(1).unbind(1), (EVS, SHOULDERS, LIFTS_EV), strict=True)
    )
    veil = (floor * torch.exp(given[..., 4].clamp(-12, 0.5))).view(-1, 1, CELLS, CELLS)
    veil = functional.interpolate(veil.sqrt(), size=codes.shape[2:], mode="bicubic", align_corners=False).square()
    light = linear(codes)
    over = ((1 - light).clamp_min(0.003) / (1 - shoulder)).clamp_max(1)
    scene = torch.where(light <= shoulder, light, shoulder - (1 - shoulder) * over.log()).clamp_max(4)
    scene = torch.maximum(scene - veil, LEAST_LIGHT * scene) * torch.exp2(lift - ev)
    done = encoded(scene * (1 + scene / 4**lift) / (1 + scene))
    before = codes.median(1, keepdim=True).values.clamp_min(1e-3)
    blown = ((before - NEARLY_WHITE) / (1 - NEARLY_WHITE)).clamp(0, 1).square()
    done = torch.maximum(done, WHITE * blown * codes / before)
    after = done.median(1, keepdim=True).values
    least, full = NEARLY_CLIPPED
    hold = ((codes.amin(1, keepdim=True) - least) / (full - least)).clamp(0, 1)
    return done + hold * (codes * after / before - done)


def _framed(image: Image, target: Image, rng: np.random.Generator) -> tuple[Image, Image]:
    image, target = image.copy(), target.copy()
    code = 255 if rng.random() < 0.7 else 0
    depth, upright = int(rng.integers(min(image.shape[:2]) // 32, min(image.shape[:2]) // 3)), rng.random() < 0.5
    for photo in (image, target):
        view = photo if upright else photo.transpose(1, 0, 2)
        view[:depth] = code
        view[-depth:] = code
    return image, target
