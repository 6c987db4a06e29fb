"""Repairs under-exposure: what a longer exposure would have shown, without losing the window."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from enhancers.base import CHECKPOINTS, LICENCE, Enhancer
from enhancers.local_noise import without_noise
from enhancers.local_tone import ILLUMINATIONS, illumination, noise_of_shadows, retone
from imaging.color import SRGB_TO_LINEAR, encode_srgb, luminance
from imaging.defects import Defect
from imaging.image import Image
from imaging.measures.exposure import channel_max, smoothstep
from imaging.measures.percentiles import LUMA, PERCENTS, percentiles
from imaging.mlp import Mlp
from imaging.view import View, small_copy
from imaging.weights import WeightsSpec, load_checkpoint

METHOD = "Exposure in linear light, then a gamma that partly follows the illumination; a small network predicts both"

ARCHITECTURE = "exposure-mlp-3"
"""The network family, as checkpoints name it."""

WEIGHTS = WeightsSpec(
    "low_light.safetensors",
    "4dd6f8e9920c15a39caafb6590dba0721987320d0f43141734a6200a30e43098",
    ARCHITECTURE,
    "python -m training.train low_light --minutes 12 (seed 0)",
    LICENCE,
)

MAX_EV = 6.0
"""Longest exposure that is made up for: beyond it an 8-bit photo holds too few codes to show anything."""
LOG_GAMMA = (math.log(0.15), math.log(1.1))
"""Of the exponent of codes. Of 14 real dark frames the best against their fusion is 0.15 to 0.65."""
LOCAL_SHARE = 0.3
"""Share of the gamma that follows the illumination of the surroundings instead of the pixel. On those frames 0 and 0.3
come equally close (22.0 dB), the latter with more local contrast (SSIM .81, .80 at 0.7, .77 at 1)."""
MOST_MORE_EV = 0.5
"""How far the exposure may go beyond the one that brings the highlights to white."""
WINDOW_EV = (2.0, 3.5)
"""How far the highlights lie above the upper quartile of an evenly lit photo, and of a room with a window. In the
latter the exposure goes no further than the very brightest allows, so that a window keeps what it shows, and gamma
lifts the rest."""
KEY, KEY_SHARE = 0.5, 0.7
"""Mean luma that photographers aim at, encoded, and the share of the way there that gamma is taken beyond what the
network predicts, which is too dark on scenes unlike those it was trained on."""
LEAST_BLACK = 0.01
"""Code in [0, 1] below which the gamma runs out to a straight line: the slope of a power has no bound at black."""
MAX_NOISE = 7.0
"""Standard deviation, in codes of the small copy, that the noise of dark parts may reach."""
HIGHLIGHT = PERCENTS.index(98)
"""What is brighter than this share counts as lamps and reflections: the textbook's gain brings it to white, and the
network predicts how far this one photo is off."""

_LEAST_LIGHT = 2.0**-10
"""Half a code, added to linear light before its logarithm: darker differences are rounding."""
_STOPS: NDArray[np.float64] = np.log2(SRGB_TO_LINEAR.astype(np.float64) + _LEAST_LIGHT)
"""Linear light of each code in EV below white."""
BANDS = 4
"""Bands of rows that the network is given, from the top down: a sky is above, a floor below, a window between."""
_BAND_PERCENTS = (10, 50, 90)
_ROOTS: NDArray[np.float64] = np.sqrt(ILLUMINATIONS)
_CODES: NDArray[np.float64] = np.arange(256) / 255


@dataclass(frozen=True, slots=True)
class DarknessEstimate:
    """How a photo should have been exposed.

    Attributes:
        exposure_ev: How much longer, EV.
        gamma: Exponent of the codes after that; below 1 lifts a room beside its window.
        shadow_noise_codes: Standard deviation of the noise in the darker half of the view, codes.
    """

    exposure_ev: float
    gamma: float
    shadow_noise_codes: float

    def described(self) -> Mapping[str, float]:
        return {
            "exposure_ev": self.exposure_ev,
            "gamma": self.gamma,
            "shadow_noise_codes": self.shadow_noise_codes,
        }


class LowLightEnhancer(Enhancer[DarknessEstimate]):
    """Multiplies linear light by the missing exposure; where that leaves a room dark beside its window, lifts it.

    The exposure undoes a short exposure exactly. The gamma is how the fusion of a bracket (Mertens et al., "Exposure
    Fusion", Pacific Graphics 2007) differs from its dark frame: a part of it is a table of codes, the rest a gain that
    follows the edge-aware illumination, which keeps local contrast. Noise of the shadows bounds the gain at black, and
    is taken out before.

    Args:
        weights: Of an `imaging.mlp.Mlp` that makes of `features_of` what to add to the textbook's exposure, and the log
            of gamma.
    """

    defect = Defect.LOW_LIGHT

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self._network = Mlp(weights)

    def estimate(self, view: View) -> DarknessEstimate:
        small = small_copy(view.image)
        features, exposure = features_of(small)
        more, log_gamma = (float(value) for value in self._network(features))
        predicted = DarknessEstimate(
            min(max(min(exposure + more, longest_ev(small)), 0), MAX_EV),
            math.exp(min(max(log_gamma, LOG_GAMMA[0]), LOG_GAMMA[1])),
            noise_of_shadows(small),
        )
        shown = self.apply(small, predicted, 1.0)
        return replace(predicted, gamma=predicted.gamma * gamma_to_key(shown) ** KEY_SHARE)

    def apply(self, image: Image, estimate: DarknessEstimate, strength: float) -> Image:
        exposure, gamma = strength * estimate.exposure_ev, estimate.gamma**strength
        black = black_for(exposure, gamma, estimate.shadow_noise_codes)
        exposed = exposed_codes(_CODES, exposure)
        table = lifted(exposed, 1 + (1 - LOCAL_SHARE) * (gamma - 1), black)
        surroundings = np.interp(ILLUMINATIONS, _CODES, exposed)
        gains = lifted(surroundings, 1 + LOCAL_SHARE * (gamma - 1), black) / np.maximum(surroundings, 1e-4)
        light = illumination(channel_max(small_copy(image)))
        # What was there before is another repair's.
        amplified = math.sqrt(max(0.0, 1 - (1 / max(float(table[1] / _CODES[1]), 1)) ** 2))
        quiet = without_noise(image, amplified)
        return retone(quiet, np.rint(255 * table).astype(np.uint8), np.interp(light, _ROOTS, gains).astype(np.float32))


def longest_ev(small: Image) -> float:
    """Return the longest exposure that keeps the highlights, EV.

    Args:
        small: `imaging.view.small_copy` of the photo, uint8 RGB (h, w, 3).
    """
    stops = _STOPS[percentiles(small)[LUMA]]
    quartile, highlights, brightest = (float(stops[PERCENTS.index(percent)]) for percent in (75, 98, 99.9))
    window = smoothstep(highlights - quartile, *WINDOW_EV)
    return (1 - window) * (MOST_MORE_EV - highlights) - window * brightest


def gamma_to_key(image: Image) -> float:
    """Return the exponent of codes in (0, 1] that brings the mean luma to `KEY`; 1 for a photo that is lighter.

    Args:
        image: A small copy, uint8 RGB (h, w, 3).
    """
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    shares = cv2.calcHist([luma], [0], None, [256], [0, 256]).ravel() / luma.size
    codes = np.maximum(np.arange(256), 1) / 255
    low, high = math.exp(LOG_GAMMA[0]), 1.0
    for _ in range(12):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if float(shares @ codes**middle) > KEY else (low, middle)
    return high


def exposed_codes(codes: NDArray[np.float64], exposure_ev: float) -> NDArray[np.float64]:
    """Return encoded sRGB in [0, 1] after a gain of linear light."""
    light = np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)
    return encode_srgb(light * 2**exposure_ev)


def lifted(codes: NDArray[np.float64], gamma: float, black: float) -> NDArray[np.float64]:
    """Return a power of codes in [0, 1] that keeps 0 and 1 and whose slope at 0 is bounded by `black`."""
    low = black**gamma
    return ((codes + black) ** gamma - low) / ((1 + black) ** gamma - low)


def black_for(exposure_ev: float, gamma: float, noise_codes: float) -> float:
    """Return the least `black` at which the gain near 0 keeps the noise of the shadows below `MAX_NOISE`.

    Never so much that nothing is lifted: a grainy room is of more use than a black one.
    """
    amplified = noise_codes * 2 ** (exposure_ev / 2.2)
    black = LEAST_BLACK
    while black < 0.1 and amplified * gamma * black ** (gamma - 1) > MAX_NOISE:
        black *= 1.2
    return black


def features_of(small: Image) -> tuple[NDArray[np.float32], float]:
    """Return what the network is given of a photo, and the exposure in EV that brings its highlights to white.

    Percentiles in EV against the highlights, where these are, and `bands_of` the photo: the exposure is not in the
    first, so that few photos teach much.

    Args:
        small: `imaging.view.small_copy` of it, uint8 RGB (h, w, 3).
    """
    stops = _STOPS[percentiles(small)]
    highlights = float(stops[LUMA, HIGHLIGHT])
    return np.concatenate([(stops - highlights).ravel(), [highlights], bands_of(small)]).astype(np.float32), -highlights


def bands_of(small: Image) -> NDArray[np.float64]:
    """Return what lies where in a photo, from the top down, in EV, float64 (BANDS * 5,).

    Of each band the luminance at `_BAND_PERCENTS`, and its mean red and blue against green.

    Args:
        small: `imaging.view.small_copy` of it, uint8 RGB (h, w, 3).
    """
    light = cv2.LUT(small, SRGB_TO_LINEAR)
    told: list[float] = []
    for band in range(BANDS):
        # Never empty, even of a single row.
        rows = light[band * len(light) // BANDS : -(-(band + 1) * len(light) // BANDS)]
        red, green, blue = cv2.mean(rows)[:3]
        told += [*np.percentile(luminance(rows), _BAND_PERCENTS), red, green, blue]
    stops = np.log2(np.array(told).reshape(BANDS, -1) + _LEAST_LIGHT)
    colours = stops[:, [3, 5]] - stops[:, [4]]
    return np.concatenate([stops[:, :3], colours], axis=1).ravel()


def build(device: str, weights: Path | None = None) -> LowLightEnhancer:
    """Build the enhancer; it runs on the CPU whatever the device.

    Raises:
        WeightsError: The checkpoint cannot be used.
    """
    return LowLightEnhancer(load_checkpoint(WEIGHTS, CHECKPOINTS, weights))
