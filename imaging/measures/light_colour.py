"""The colour cast of a photo: a first estimate by votes, and what a small network makes of other estimates beside it.

Among these are the percentiles of each channel: the whitest of a photo, and its blackest, show the light (white patch;
Land and McCann, JOSA 1971). Estimates err on different photos, so that their differences show how the one that is best
on average errs; combining them by a small network is a learned consensus (Cardei and Funt, "Committee-based color
constancy", CIC 1999). Differences of log chroma do not depend on the light itself, so that few photos teach much.

A cast is more than a gain: what a camera's matrix and tone curve make of a wrong white balance (Afifi et al., "When
Color Constancy Goes Wrong", CVPR 2019), and what gains of codes do, is a colour that changes with brightness. Hence
each channel has an exponent beside its gain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.color import SRGB_TO_LINEAR, srgb_to_linear
from imaging.image import Image, Plane
from imaging.measures.exposure import channel_max
from imaging.measures.illuminant import NO_PRIOR, Illuminant, count_votes, elect
from imaging.measures.percentiles import codes_at
from imaging.mlp import Mlp
from imaging.weights import WeightsSpec, load_checkpoint

CHECKPOINTS = Path(__file__).parent.parent / "checkpoints"

WEIGHTS = WeightsSpec(
    file="light_colour.safetensors",
    sha256="a36612e26bff8493918f039b399605456fd7d302dca0eff96abe2cd49362cc4c",
    architecture="light-mlp-3",
    trained_by="python -m training.train poor_white_balance --minutes 5 (seed 0)",
    licence="free; trained on Unsplash, Pexels, Pixabay and Open Images (CC BY) photos, CLIC and CID22 (CC BY-SA 4.0)",
)
"""Read by the detector and by `poor_white_balance`."""

OUTPUTS = 7
"""Corrections of the voted log chroma of red and of blue, natural logs of three exponents and of a gain of all
channels, and the log-odds of a cast."""

LIMITS = np.array([1.2, 1.2, 0.5, 0.5, 0.5, 0.3], np.float32)
"""How far the first six outputs may go, natural log units: a fifth beyond 99.9 % of the training."""

PIVOT = 0.18
"""Linear light that the exponents leave as it is: middle grey."""

Features = NDArray[np.float32]

_USABLE = (13, 249)
"""Codes of the brightest channel that show a colour: above are clipped ones, below one code is a large step."""
_LEAST_PIXELS = 50
_REACH = 1.5
"""Natural log units beyond which estimates are not believed: a photo of one colour."""

ESTIMATES = 8
_PERCENTS = (0, 0.03, 0.3, 1, 5, 15, 30, 50, 70, 85, 92, 97, 99, 99.5, 99.8, 99.95, 100)
_BANDS = (0.15, 0.35, 0.55, 0.75, 0.9)
"""Shares of the pixels, by brightness, at which bands of brightness end."""
_GREY_WIDTH = 0.2
"""Standard deviation, natural log units, of the weight of colours around the voted light that may be grey under it."""
_LIGHTS = ESTIMATES + 1 + len(_BANDS) + 1 + len(_PERCENTS)
FEATURES = 4 * _LIGHTS + len(_BANDS) + 1 + 3 * len(_PERCENTS) + 3
"""How many numbers `light_features` returns."""
_LOGS = np.log(SRGB_TO_LINEAR.astype(np.float64) + 2.0**-10).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Cast:
    """What a light, a wrong setting or a style did to the colours of a photo.

    Attributes:
        illuminant: The colour of what was grey, at middle grey, with the evidence of the votes.
        exponents: Of the linear red, green and blue, around middle grey, that undo the cast; 1 under a plain gain.
        gain: Of all channels of linear light, beside what keeps the mean luminance; 1 where luminance was kept.
        log_odds: Natural log of the odds that the photo has a cast.
    """

    illuminant: Illuminant
    exponents: tuple[float, float, float]
    gain: float
    log_odds: float


class LightNetwork:
    """Estimates the cast of a photo.

    Args:
        weights: Of an `imaging.mlp.Mlp` with `OUTPUTS` outputs.
    """

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self._network = Mlp(weights)

    def __call__(self, thumbnail: Image, small: Image) -> Cast:
        """Return the cast of a photo; see `light_features` for the arguments."""
        features, voted = light_features(thumbnail, small)
        outputs = self._network(features)
        red, blue, *logs = (float(value) for value in np.clip(outputs[:-1], -LIMITS, LIMITS))
        light = Illuminant(voted.red + red, voted.blue + blue, voted.cast_evidence_nats)
        of_red, of_green, of_blue, gain = np.exp(logs)
        return Cast(light, (float(of_red), float(of_green), float(of_blue)), float(gain), float(outputs[-1]))


@cache
def packaged_network() -> LightNetwork:
    """Return the network with the packaged weights, read at the first call."""
    return LightNetwork(load_checkpoint(WEIGHTS, CHECKPOINTS))


def light_features(thumbnail: Image, small: Image) -> tuple[Features, Illuminant]:
    """Return the inputs of the network, float32 (FEATURES,), and the light voted for.

    Args:
        thumbnail: An averaged copy, uint8 RGB (h, w, 3).
        small: One that was sampled, `imaging.view.small_copy`.
    """
    votes = count_votes(thumbnail)
    voted, free = elect(votes), elect(votes, NO_PRIOR)
    light = np.array([voted.red, voted.blue], np.float32)
    codes = np.stack([codes_at(channel, _PERCENTS) for channel in cv2.split(small)], axis=1)
    logs = _LOGS[codes]
    greys, shares = _greys_by_brightness(thumbnail, light)
    lights = np.concatenate([estimates(thumbnail), [[free.red, free.blue]], greys, logs[:, [0, 2]] - logs[:, 1:2]])
    apart = np.clip(lights - light, -_REACH, _REACH).ravel()
    evidence = np.array([voted.cast_evidence_nats / 5])
    features = np.concatenate([apart, np.tanh(3 * apart), shares, codes.ravel() / 255, light, evidence])
    return features.astype(np.float32), voted


def estimates(thumbnail: Image) -> Features:
    """Return the log chroma of red and of blue of the light after eight rules, float32 (ESTIMATES, 2).

    Grey world, shades of grey (norm 6; Finlayson and Trezzi, CIC 2004) and the median; the mean of the brighter half
    and of the brightest tenth; grey edge with norms 1 and 5 and of second order (van de Weijer et al., TIP 2007).
    """
    light = srgb_to_linear(thumbnail)
    smooth = cv2.GaussianBlur(light, (0, 0), 1.0)
    edges = cv2.magnitude(cv2.Sobel(smooth, -1, 1, 0), cv2.Sobel(smooth, -1, 0, 1))
    curvature = cv2.absdiff(cv2.Laplacian(smooth, -1), 0)
    usable = _usable(thumbnail)
    seen = light.reshape(-1, 3).take(np.flatnonzero(usable), axis=0)
    half, most = len(seen) // 2, len(seen) * 9 // 10
    by_sum = seen.take(np.argpartition(seen[:, 0] + seen[:, 1] + seen[:, 2], (half, most)), axis=0)
    means = np.stack(
        [
            _norm(light, 1, usable),
            _norm(light, 6, usable),
            np.median(seen, axis=0),
            by_sum[half:].mean(axis=0),
            by_sum[most:].mean(axis=0),
            _norm(edges, 1, usable),
            _norm(edges, 5, usable),
            _norm(curvature, 1, usable),
        ]
    )
    logs = np.log(np.maximum(means, 1e-6))
    return (logs[:, [0, 2]] - logs[:, 1:2]).astype(np.float32)


def _greys_by_brightness(thumbnail: Image, light: Features) -> tuple[Features, Features]:
    """Return the mean log chroma of the colours near the light's in bands of brightness, float32 (B, 2), and the share
    of such colours in each, float32 (B,); the light itself where there are none."""
    rows = np.ascontiguousarray(thumbnail[::2])
    usable = np.flatnonzero(_usable(rows))
    pixels = rows.reshape(-1, 3).take(usable, axis=0)
    brightness = cv2.cvtColor(rows, cv2.COLOR_RGB2GRAY).ravel().take(usable)
    ends = np.cumsum(np.bincount(brightness, minlength=256)) / len(usable)
    bands = np.searchsorted(_BANDS, ends)[brightness]
    red, green, blue = (_LOGS[pixels[:, channel]] for channel in range(3))
    red_off, blue_off = red - green - light[0], blue - green - light[1]
    weights = np.exp((red_off * red_off + blue_off * blue_off) * np.float32(-0.5 / _GREY_WIDTH**2))
    count = len(_BANDS) + 1
    total = np.bincount(bands, weights, count)
    sums = np.stack([np.bincount(bands, weights * off, count) for off in (red_off, blue_off)], axis=1)
    shares = total / np.maximum(np.bincount(bands, minlength=count), 1)
    return (light + sums / (total[:, None] + 1)).astype(np.float32), shares.astype(np.float32)


def _usable(image: Image) -> Plane:
    """Return a mask, 255 where a pixel shows a colour; all of a photo that is too dark or too bright to."""
    usable: Plane = cv2.inRange(channel_max(image), *_USABLE)
    if cv2.countNonZero(usable) < _LEAST_PIXELS:
        usable[:] = 255
    return usable


def _norm(values: Features, order: int, mask: Plane) -> NDArray[np.float64]:
    """Return the Minkowski norm of each channel of (h, w, 3) where the mask is not 0, shape (3,)."""
    powers = values if order == 1 else cv2.pow(values, order)
    return np.array(cv2.mean(powers, mask)[:3]) ** (1 / order)
