"""Repairs over-exposure: takes back the exposure that is too much and the glare of lamps and windows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from enhancers.base import CHECKPOINTS, LICENCE, Enhancer
from enhancers.local_tone import lifted
from imaging.color import SRGB_TO_LINEAR, encode_srgb
from imaging.defects import Defect
from imaging.image import Image, Plane
from imaging.measures.exposure import channel_min
from imaging.measures.percentiles import LOG_LIGHT, LUMA, percentiles
from imaging.mlp import Mlp
from imaging.view import View, small_copy
from imaging.weights import WeightsSpec, load_checkpoint

METHOD = "Glare and exposure inverted in linear light; a small network tells both from what each place shows"

ARCHITECTURE = "glare-mlp-2"
"""The network family, as checkpoints name it."""

WEIGHTS = WeightsSpec(
    "glaring.safetensors",
    "6af56de0cec576d045acb4843c6896f0511e01b02fce6f64226925ad25bfe417",
    ARCHITECTURE,
    "python -m training.train glaring --minutes 48 (seed 0)",
    LICENCE,
)

CELLS = 8
"""Rows and columns of places that the network looks at, whatever the photo's aspect ratio."""
EVS = (0.0, 3.5)
LIFTS_EV = (0.0, 2.0)
SHOULDERS = (0.6, 0.995)
"""Linear light at which highlights begin to roll off: of the softest cameras, and of those that clip."""
WHITE = 0.88
"""Encoded value that what is blown is given at least. Walls are darker on average, and 0.8 would be nearer by 0.3 in
ΔE00; but a large even grey looks dull, and a blown window is to stay one."""
NEARLY_WHITE = 0.7
"""Encoded value of the middle channel from which a pixel starts to count as blown: later, and it shows contours."""
NEARLY_CLIPPED = (0.8, 0.95)
"""Encoded values of the lowest channel from which on, and up to which, hue is more and more that of the photo: white
walls of which a channel clipped are left lilac by what inverts the others. Wood and grass are darker in one channel;
veiled hue would leave them olive."""
LEAST_LIGHT = 0.25
"""Share of a code's light that no veil takes: beyond it colours are amplified to orange and violet."""


_CELL_PX = 16
_RANKS = (2, 12, 64, 128, 192, 250)
"""Of the 256 sampled pixels of a place, in the order of their darkest channel."""
_AROUND = (1, 3)
"""Which of these are told of the neighbours, too."""
_LEAST_FLOOR = 0.002
"""Added to the light of the darkest, so that its logarithm is finite and a veil can be told over black."""
_LEAST_VEIL = 0.004
"""Less light is not seen, and the rest is one table of codes."""
_MAX_SCENE = 4.0
"""Linear light that a soft shoulder may stand for."""
_VEIL_PX = 8
"""Pixels of a large photo, each way, for which the veil is interpolated smoothly; within them linearly."""
_LEAST_VEIL_SIDE_PX = 8 * CELLS
_STRIP_ROWS = 16
"""Strips of floats stay in the cache."""
_CODES: NDArray[np.float64] = np.arange(256) / 255


@dataclass(frozen=True, slots=True)
class OverExposure:
    """How a photo was over-exposed, and how it is to end.

    Attributes:
        ev: By how much, in EV.
        shoulder: Linear light at which the highlights roll off.
        lift_ev: By how much shadows are lifted again, in EV.
        white: Encoded value that what is blown is given at least.
        veil: Linear light laid over each place, float32 (CELLS, CELLS).
    """

    ev: float
    shoulder: float
    lift_ev: float
    white: float
    veil: NDArray[np.float32]

    def described(self) -> Mapping[str, float]:
        return {"exposure_ev": self.ev, "glare": float(self.veil.max())}

    def scaled(self, amount: float) -> OverExposure:
        """Return a share of it, in [0, 1]."""
        return OverExposure(
            amount * self.ev,
            1 - amount * (1 - self.shoulder),
            amount * self.lift_ev,
            1 - amount * (1 - self.white),
            np.float32(amount) * self.veil,
        )

    @classmethod
    def of(cls, answers: NDArray[np.float32], floor: NDArray[np.float32]) -> OverExposure:
        """Return what the network's answers stand for, float32 (CELLS**2, 5).

        What holds for the whole photo is the mean of what its places tell; light over a place is told there, against
        `told_of`'s floor.
        """
        ev, shoulder, lift_ev = (
            _between(bounds, float(logit))
            for bounds, logit in zip((EVS, SHOULDERS, LIFTS_EV), answers.mean(axis=0)[:3], strict=True)
        )
        veil = floor * np.exp(np.minimum(answers[:, 4], 0.5))
        return cls(ev, shoulder, lift_ev, WHITE, veil.reshape(CELLS, CELLS))


class GlaringEnhancer(Enhancer[OverExposure]):
    """Undoes a camera's shoulder, the light that glare lays over a place, and the exposure, in this order.

    The shoulder is that of `training.degradations.camera.tone_curve`. Shadows are lifted as in `low_light`. What is
    blown stays nearly white, and keeps its hue: what was there, nobody knows.

    Args:
        weights: Of an `imaging.mlp.Mlp` that makes of each row of `told_of`: logits of EV, shoulder and lift, log-odds
            that the photo is over-exposed, and the log of the veil against the floor.
    """

    defect = Defect.GLARING

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self._network = Mlp(weights)

    def estimate(self, view: View) -> OverExposure:
        told, floor = told_of(small_copy(view.image))
        return OverExposure.of(self._network(told), floor)

    def apply(self, image: Image, estimate: OverExposure, strength: float) -> Image:
        return exposed_less(image, estimate.scaled(strength))


def told_of(small: Image) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what the network is told at each place, and the light of the darkest there: glare may be as much.

    The darkest channel of the place and of its neighbours, where the place lies, and percentiles of the whole photo.

    Args:
        small: `imaging.view.small_copy` of it, uint8 RGB (h, w, 3).

    Returns:
        Float32 (CELLS**2, F), places row by row, and linear light, float32 (CELLS**2,).
    """
    side = CELLS * _CELL_PX
    darkest = cv2.resize(channel_min(small), (side, side), interpolation=cv2.INTER_NEAREST)
    cells = darkest.reshape(CELLS, _CELL_PX, CELLS, _CELL_PX).transpose(0, 2, 1, 3).reshape(CELLS, CELLS, -1)
    ranked = np.sort(cells, axis=2)[..., _RANKS]
    own = LOG_LIGHT[ranked]
    wide = np.pad(own[..., _AROUND], ((1, 1), (1, 1), (0, 0)), mode="edge")
    around = [wide[i : i + CELLS, j : j + CELLS] for i in range(3) for j in range(3) if (i, j) != (1, 1)]
    place = np.linspace(-1, 1, CELLS, dtype=np.float32)
    codes = percentiles(small)
    whole = np.concatenate([LOG_LIGHT[codes].ravel(), codes[LUMA] / np.float32(255)])
    rest = np.empty((CELLS, CELLS, 2 + whole.size), np.float32)
    rest[..., 0], rest[..., 1], rest[..., 2:] = place[:, None], np.abs(place), whole
    told = np.concatenate([own, *around, rest], axis=2).reshape(CELLS**2, -1)
    return told, SRGB_TO_LINEAR[ranked[..., 0]].ravel() + np.float32(_LEAST_FLOOR)


def exposed_less(image: Image, seen: OverExposure) -> Image:
    """Return the photo as it would be without an over-exposure.

    Args:
        image: uint8 RGB (H, W, 3).
        seen: What is to be undone.
    """
    scene = scene_light(SRGB_TO_LINEAR.astype(np.float64), seen.shoulder)
    table = _finished(scene, seen)
    # Roots of light fit 8 bits as well as codes do; a table makes codes of them.
    of_roots = _finished(_MAX_SCENE * _CODES**2, seen)
    lights, least_lights = scene.astype(np.float32), (LEAST_LIGHT * scene).astype(np.float32)
    blown = np.clip((_CODES - NEARLY_WHITE) / (1 - NEARLY_WHITE), 0, 1) ** 2
    whites = np.rint(255 * seen.white * blown / np.maximum(_CODES, NEARLY_WHITE)).astype(np.uint8)
    holds = np.rint(255 * np.interp(_CODES, NEARLY_CLIPPED, (0, 1))).astype(np.uint8)
    height, width = image.shape[:2]
    veil = _veil(seen.veil, height, width) if seen.veil.max() >= _LEAST_VEIL else None
    # Used again for each plane, in place: twice as fast.
    light, other = np.empty((2, min(height, _STRIP_ROWS), width), np.float32)

    def exposed(plane: Plane, rows: slice) -> Plane:
        if veil is None:
            return cv2.LUT(plane, table)
        left, least = light[: len(plane)], other[: len(plane)]
        cv2.subtract(cv2.LUT(plane, lights, dst=left), veil[rows], dst=left)
        cv2.max(left, cv2.LUT(plane, least_lights, dst=least), dst=left)
        roots = cv2.convertScaleAbs(cv2.sqrt(left, dst=left), alpha=255 / _MAX_SCENE**0.5)
        return cv2.LUT(roots, of_roots, dst=roots)

    out = np.empty_like(image)
    for top in range(0, height, _STRIP_ROWS):
        rows = slice(top, top + _STRIP_ROWS)
        planes = cv2.split(image[rows])
        before = middle(*planes)
        white = cv2.LUT(before, whites)
        done = [cv2.max(exposed(plane, rows), cv2.multiply(plane, white, scale=1 / 255)) for plane in planes]
        hold = cv2.LUT(cv2.min(cv2.min(*planes[:2]), planes[2]), holds)
        held = cv2.multiply(cv2.divide(middle(*done), before, scale=255), hold, scale=1 / 255)
        free = cv2.bitwise_not(hold)
        cv2.merge(
            [
                cv2.add(cv2.multiply(plane, held, scale=1 / 255), cv2.multiply(each, free, scale=1 / 255))
                for plane, each in zip(planes, done, strict=True)
            ],
            dst=out[rows],
        )
    return out


def scene_light(light: NDArray[np.float64], shoulder: float) -> NDArray[np.float64]:
    """Return the linear light that a camera with a shoulder made of it, up to `_MAX_SCENE`."""
    over = np.clip((1 - light) / (1 - shoulder), 0.003 / (1 - shoulder), 1)
    return np.minimum(np.where(light <= shoulder, light, shoulder - (1 - shoulder) * np.log(over)), _MAX_SCENE)


def middle(red: Plane, green: Plane, blue: Plane) -> Plane:
    """Return the middle one of three channels at each pixel, uint8 (H, W)."""
    return cv2.max(cv2.min(red, green), cv2.min(cv2.max(red, green), blue))


def build(device: str, weights: Path | None = None) -> GlaringEnhancer:
    """Build the enhancer; it runs on the CPU whatever the device.

    Raises:
        WeightsError: The checkpoint cannot be used.
    """
    return GlaringEnhancer(load_checkpoint(WEIGHTS, CHECKPOINTS, weights))


def _finished(light: NDArray[np.float64], seen: OverExposure) -> NDArray[np.uint8]:
    """Return the codes of scene light after exposure and lift."""
    return np.rint(255 * encode_srgb(lifted(light / 2**seen.ev, seen.lift_ev))).astype(np.uint8)


def _veil(places: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Return the veil at each pixel, float32 (H, W): smooth as glare is, and never below 0."""
    size = tuple(min(side, max(side // _VEIL_PX, _LEAST_VEIL_SIDE_PX)) for side in (width, height))
    smooth = cv2.resize(np.sqrt(places), size, interpolation=cv2.INTER_CUBIC) ** 2
    return cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)


def _between(bounds: tuple[float, float], logit: float) -> float:
    low, high = bounds
    return low + (high - low) / (1 + math.exp(-min(max(logit, -30), 30)))
