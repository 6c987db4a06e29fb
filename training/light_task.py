"""What the network of `poor_white_balance` learns: the cast of a photo, from estimates that err on different photos.

A sample keeps some of its pixels before and after the cast, so that the loss is the colour difference that the repair
leaves, whatever formula made the cast. Two things make many scenes of few photos, and leave grey grey: half of two
photos side by side, and turned or stronger colours.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from imaging.color import LUMA_WEIGHTS_LINEAR, SRGB_TO_LINEAR, linear_to_srgb, srgb_to_linear
from imaging.defects import Defect
from imaging.image import Image
from imaging.measures.exposure import channel_max
from imaging.measures.light_colour import LIMITS, OUTPUTS, PIVOT, WEIGHTS, light_features
from imaging.view import View, small_copy
from training.degradations import trained
from training.degradations.camera import recompress
from training.frames import Frames
from training.perceptrons import Recipe
from training.split import Part
from training.train_perceptron import Arrays, Batch

CAST_SHARE = 0.75
"""Share of the samples with a cast."""

TWICE_SHARE = 0.2
"""Share of the casts that are laid over another one: stronger than either, and of no one formula."""

ANY_HUE_SHARE = 0.2
"""Share of the casts of any hue, up to a factor of 2.7 between channels, with an exponent for each channel."""

OTHER_SHARE = 0.15
"""Share that have another defect of tone as well."""

CLIPPED_SHARE = 0.3
"""Share that are exposed longer by up to one stop: cameras clip lamps and windows to white whatever the light, so that
the whitest does not always show it."""

SAVED_SHARE = 0.5
"""Share that are saved as JPEG at last."""

PIXELS = 48
"""How many pixels of a sample are compared, and how many more give the mean luminance."""

NEAR = 0.5
"""Colour differences that count as none: less is not seen."""

CLEAN_WEIGHT = 0.3
"""Of a photo without a cast: whether to repair is decided elsewhere."""

ODDS_WEIGHT = 0.5
"""Of the log-odds of a cast, against the colour difference."""

_OTHERS = (Defect.LOW_LIGHT, Defect.LOW_CONTRAST, Defect.HAZY, Defect.GLARING)
_LINEAR = torch.from_numpy(SRGB_TO_LINEAR)
_LOG_LINEAR = torch.log(torch.clamp(_LINEAR, min=SRGB_TO_LINEAR[1]))
_TO_XYZ = torch.tensor([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) / torch.tensor(
    [[0.9505], [1.0], [1.089]]
)
"""Linear sRGB to XYZ relative to D65 (IEC 61966-2-1)."""


class LightTask:
    """`training.train_perceptron.Task` of white balance.

    Args:
        root: Folder of photos.
    """

    architecture = WEIGHTS.architecture
    outputs = OUTPUTS
    recipe = Recipe((96, 48), epochs=30, draws=3, dropout=0.05, weight_decay=0.03)

    def __init__(self, root: Path) -> None:
        self._photos = Frames(root, Part.CALIBRATE)

    def draw(self, rng: np.random.Generator) -> Arrays | None:
        """Return the features of a random photo, codes of some of its pixels "before" and "after" the cast (PIXELS, 3)
        and of others after it, "anywhere"; the voted light, and whether there is a "cast".

        None where clipping leaves nothing to compare.
        """
        photo = self._scene(rng)
        if rng.random() < OTHER_SHARE:
            photo = trained(_OTHERS[int(rng.integers(len(_OTHERS)))])(photo, float(rng.uniform(0, 0.6)), rng)
        cast = rng.random() < CAST_SHARE
        image = with_cast(photo, rng) if cast else photo
        if rng.random() < CLIPPED_SHARE:
            gain = np.float32(2 ** rng.uniform(0.2, 1))
            image, photo = (linear_to_srgb(srgb_to_linear(each) * gain) for each in (image, photo))
        usable = np.flatnonzero(channel_max(np.maximum(image, photo)) < 250)
        if len(usable) < image[..., 0].size // 50:
            return None
        some = rng.choice(usable, PIXELS)
        anywhere = image.reshape(-1, 3)[rng.integers(image[..., 0].size, size=PIXELS)]
        before, after = photo.reshape(-1, 3)[some], image.reshape(-1, 3)[some]
        if rng.random() < SAVED_SHARE:
            image = recompress(image, int(rng.integers(50, 97)))
        features, voted = light_features(View.of(image, cv2.INTER_LINEAR).thumbnail, image)
        light = np.array([voted.red, voted.blue], np.float32)
        return {
            "told": features,
            "before": before,
            "after": after,
            "anywhere": anywhere,
            "voted": light,
            "cast": np.float32(cast),
        }

    def loss(self, given: Tensor, batch: Batch) -> Tensor:
        differences = colour_difference(repaired(given, batch), _LINEAR[batch["before"].long()])
        left = differences.square().add(NEAR**2).sqrt().mean(1)
        odds = nn.functional.binary_cross_entropy_with_logits(given[:, -1], batch["cast"])
        return (left * (CLEAN_WEIGHT + (1 - CLEAN_WEIGHT) * batch["cast"])).mean() + ODDS_WEIGHT * odds

    def _scene(self, rng: np.random.Generator) -> Image:
        """A photo, half of the time two of them side by side, mostly with other colours around the same grey."""
        photo = small_copy(self._photos.draw(rng))
        if rng.random() < 0.5:
            photo = photo.copy()
            height, width = photo.shape[:2]
            other = cv2.resize(self._photos.draw(rng), (width, height), interpolation=cv2.INTER_LINEAR)
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


def with_cast(photo: Image, rng: np.random.Generator) -> Image:
    """Return a photo under a random cast of one of the families that are trained on, of two, or of any hue."""
    degrade = trained(Defect.POOR_WHITE_BALANCE)
    if rng.random() < ANY_HUE_SHARE:
        return any_hue(photo, rng)
    image = degrade(photo, float(rng.random()), rng)
    return degrade(image, float(rng.random()), rng) if rng.random() < TWICE_SHARE else image


def any_hue(photo: Image, rng: np.random.Generator) -> Image:
    """Return a photo with random gains and exponents of its channels, of linear light or of codes."""
    hue = rng.uniform(0, 2 * np.pi) - np.radians([0, 120, 240])
    gains = np.exp(rng.uniform(0.1, 0.5) * np.cos(hue))
    exponents = np.exp(rng.normal(0, rng.choice([0.02, 0.12]), 3))
    if rng.random() < 0.5:
        codes = np.arange(256)[:, None] / 255
        table = np.rint(255 * np.clip(gains ** (1 / 2.2) * codes**exponents, 0, 1)).astype(np.uint8)
    else:
        table = linear_to_srgb((gains * SRGB_TO_LINEAR[:, None] ** exponents).astype(np.float32))
    return cv2.LUT(photo, table[None])


def repaired(given: Tensor, batch: Batch) -> Tensor:
    """Return linear light of the pixels (B, PIXELS, 3) as `enhancers.poor_white_balance` repairs them.

    Args:
        given: Outputs of the network, (B, OUTPUTS).
        batch: "after", "anywhere" and "voted" of the samples.
    """
    limits = torch.from_numpy(LIMITS)
    logs = torch.maximum(torch.minimum(given[:, :-1], limits), -limits)
    red, blue = (batch["voted"] + logs[:, :2]).unbind(1)
    light = torch.stack([red, torch.zeros_like(red), blue], 1)[:, None]

    def curve(codes: Tensor) -> Tensor:
        apart = _LOG_LINEAR[codes.long()] - np.log(PIVOT)
        return PIVOT * torch.exp(apart * torch.exp(logs[:, None, 2:5]) - light)

    weights = torch.from_numpy(LUMA_WEIGHTS_LINEAR)
    before = (_LINEAR[batch["anywhere"].long()] @ weights).mean(1)
    after = (curve(batch["anywhere"]) @ weights).mean(1)
    gain = torch.exp(logs[:, 5]) * before / after.clamp(min=1e-6)
    return gain[:, None, None] * curve(batch["after"])


def colour_difference(linear: Tensor, reference: Tensor) -> Tensor:
    """Return the differences (...) of colours (..., 3) in linear sRGB: CIELAB with the chroma weight of CIE94."""
    lab, expected = _lab(linear), _lab(reference)
    weight = 1 + 0.045 * expected[..., 1:].norm(dim=-1)
    apart = lab - expected
    return (apart[..., 0].square() + apart[..., 1:].square().sum(-1) / weight.square() + 1e-6).sqrt()


def _lab(linear: Tensor) -> Tensor:
    xyz = linear.clamp(0, 1) @ _TO_XYZ.T
    root = torch.where(xyz > 0.008856, xyz.clamp(min=1e-4) ** (1 / 3), 7.787 * xyz + 16 / 116)
    x, y, z = root.unbind(-1)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)
