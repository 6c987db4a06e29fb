"""The colour of a photo's light: what is voted for, and what a small network makes of other estimates beside it.

Among these are the percentiles of each channel: the whitest of a photo, and its blackest, show the light (white patch;
Land and McCann, JOSA 1971).

Estimates err on different photos, so that their differences tell how the one that is best on average errs; combining
them by a small network is a learned consensus (Cardei and Funt, "Committee-based color constancy", CIC 1999).
Differences of log chroma do not depend on the light itself, so that few photos teach much.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.color import SRGB_TO_LINEAR, srgb_to_linear
from imaging.image import Image, Plane
from imaging.measures.exposure import channel_max, smoothstep
from imaging.measures.illuminant import Illuminant, estimate_illuminant
from imaging.measures.percentiles import codes_at
from imaging.mlp import Mlp
from imaging.weights import WeightsSpec, load_checkpoint

CHECKPOINTS = Path(__file__).parent.parent / "checkpoints"

WEIGHTS = WeightsSpec(
    file="light_colour.safetensors",
    sha256="b9610d041626a1ddab37f0a351377f00088c032db9691bb39b9a9bb3bc7d872c",
    architecture="light-mlp-2",
    trained_by="python -m training.train poor_white_balance --minutes 116 (seed 0)",
    licence="free; trained on Unsplash, Pexels and Pixabay photos, CLIC and CID22 (CC BY-SA 4.0)",
)
"""Read by the detector and by `poor_white_balance`."""

UNKNOWN_TINT = (0.25, 0.35)
"""Tint of the voted light, natural log, from which on the network is believed less, and not at all: fluorescent
tubes, light through leaves. 99 % of the training is within 0.16, and green rooms were corrected to blue. With such
light in one of a hundred samples the network knew it, but told an eighth fewer mixed lights."""

Features = NDArray[np.float32]

_TELLING = (13, 249)
"""Codes of the brightest channel that tell a colour: above are clipped ones, below one code is a large step."""
_LEAST_PIXELS = 50
_REACH = 1.5
"""Natural log units beyond which estimates are not believed: a photo of one colour."""

ESTIMATES = 8
_PERCENTS = (0, 0.03, 0.3, 1, 50, 90, 97, 99, 99.5, 99.8, 99.95, 100)
FEATURES = 4 * (ESTIMATES + len(_PERCENTS)) + 3 * len(_PERCENTS) + 3
"""How many numbers `told_of` tells."""
_LOGS = np.log(SRGB_TO_LINEAR.astype(np.float64) + 2.0**-10)


class LightNetwork:
    """Tells the colour of the light and whether it is coloured at all.

    Args:
        weights: Of an `imaging.mlp.Mlp` with three outputs: what to add to the voted log chroma of red and of blue, and
            the log-odds of a cast.
    """

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self._network = Mlp(weights)

    def __call__(self, thumbnail: Image, small: Image) -> tuple[Illuminant, float]:
        """Return the light, with the evidence of the votes, and the log-odds of a cast; see `told_of`."""
        features, voted = told_of(thumbnail, small)
        red, blue, need = (float(value) for value in self._network(features))
        known = 1 - smoothstep(abs(voted.tint), *UNKNOWN_TINT)
        evidence = voted.cast_evidence_nats
        light = Illuminant(voted.red + known * red, voted.blue + known * blue, evidence)
        # Evidence is, but for what little speaks for a neutral light, the log-odds of a cast as well.
        return light, known * need + (1 - known) * evidence


@cache
def packaged_network() -> LightNetwork:
    """Return the network with the packaged weights, read at the first call."""
    return LightNetwork(load_checkpoint(WEIGHTS, CHECKPOINTS))


def told_of(thumbnail: Image, small: Image) -> tuple[Features, Illuminant]:
    """Return what the network is told of a photo, float32 (FEATURES,), and the light voted for.

    Args:
        thumbnail: An averaged copy, uint8 RGB (h, w, 3).
        small: One that was sampled, `imaging.view.small_copy`.
    """
    voted = estimate_illuminant(thumbnail)
    light = np.array([voted.red, voted.blue], np.float32)
    codes = np.stack([codes_at(channel, _PERCENTS) for channel in cv2.split(small)], axis=1)
    logs = _LOGS[codes]
    lights = np.concatenate([estimates(thumbnail), logs[:, [0, 2]] - logs[:, 1:2]])
    apart = np.clip(lights - light, -_REACH, _REACH).ravel()
    evidence = np.array([voted.cast_evidence_nats / 5])
    told = np.concatenate([apart, np.tanh(3 * apart), codes.ravel() / 255, light, evidence])
    return told.astype(np.float32), voted


def estimates(thumbnail: Image) -> Features:
    """Return the log chroma of red and of blue of the light after eight rules, float32 (ESTIMATES, 2).

    Grey world, shades of grey (norm 6; Finlayson and Trezzi, CIC 2004) and the median; the mean of the brighter half
    and of the brightest tenth; grey edge with norms 1 and 5 and of second order (van de Weijer et al., TIP 2007).
    """
    light = srgb_to_linear(thumbnail)
    smooth = cv2.GaussianBlur(light, (0, 0), 1.0)
    edges = cv2.magnitude(cv2.Sobel(smooth, -1, 1, 0), cv2.Sobel(smooth, -1, 0, 1))
    curvature = cv2.absdiff(cv2.Laplacian(smooth, -1), 0)
    telling = cv2.inRange(channel_max(thumbnail), *_TELLING)
    if cv2.countNonZero(telling) < _LEAST_PIXELS:
        telling[:] = 255
    told = light.reshape(-1, 3).take(np.flatnonzero(telling), axis=0)
    half, most = len(told) // 2, len(told) * 9 // 10
    by_sum = told.take(np.argpartition(told[:, 0] + told[:, 1] + told[:, 2], (half, most)), axis=0)
    means = np.stack(
        [
            _norm(light, 1, telling),
            _norm(light, 6, telling),
            np.median(told, axis=0),
            by_sum[half:].mean(axis=0),
            by_sum[most:].mean(axis=0),
            _norm(edges, 1, telling),
            _norm(edges, 5, telling),
            _norm(curvature, 1, telling),
        ]
    )
    logs = np.log(np.maximum(means, 1e-6))
    return (logs[:, [0, 2]] - logs[:, 1:2]).astype(np.float32)


def _norm(values: Features, order: int, mask: Plane) -> NDArray[np.float64]:
    """Return the Minkowski norm of each channel of (h, w, 3) where the mask is not 0, shape (3,)."""
    powers = values if order == 1 else cv2.pow(values, order)
    return np.array(cv2.mean(powers, mask)[:3]) ** (1 / order)
