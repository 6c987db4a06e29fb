"""Haze removal: takes a veil of scattered light off the photo, at each place as much as lies there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from enhancers.base import CHECKPOINTS, LICENCE, Enhancer
from imaging.defects import Defect
from imaging.image import Image
from imaging.measures.haze_features import COLUMNS, ROWS, haze_features, working_copy
from imaging.measures.illuminant import is_grey
from imaging.mlp import Mlp
from imaging.view import View
from imaging.weights import WeightsSpec, load_checkpoint

METHOD = "Transmission of each place from the dark channel, corrected by a small network and drawn to the photo's edges"

ARCHITECTURE = "transmission-mlp-1"
"""The network family, as checkpoints name it."""

WEIGHTS = WeightsSpec(
    "hazy.safetensors",
    "f2e05dc97d2e356b0b4fa21c6e46ac4e0bb292a410d328784dd21b4ca1cd0d26",
    ARCHITECTURE,
    "python -m training.train hazy --minutes 15 (seed 0)",
    LICENCE,
)

OUTPUTS = 5
"""Of the network at each place: the log-odds of its transmission against those of the dark channel; and, of which the
mean over the places counts, three corrections of airlight and the space of the inversion."""
AIRLIGHT_REACH = 0.35
"""Most that a correction moves the airlight, codes in [0, 1]."""
POWERS = (1.0, 2.2)
"""Exponent of codes in which the veil is taken off: from codes, in which many hazy photos are made, to light."""
LEAST_TRANSMISSION = 0.12
"""Bounds the gain at 8: more shows only noise and quantisation."""
GUIDE_RADIUS_PX, GUIDE_EPSILON = 6, 1e-3
"""Window and epsilon of the guided filter on the working copy (He et al., TPAMI 2013, use 1e-3 for haze)."""
_STRIP_ROWS = 32
"""Strips of floats stay in the second-level cache."""
_CODES: NDArray[np.float64] = np.arange(256) / 255


@dataclass(frozen=True, slots=True)
class VeilEstimate:
    """The veil over a photo.

    Attributes:
        airlight: Encoded R, G and B in [0, 1] where nothing shines through, float32 (3,).
        transmission: Share of the scene's light that comes through, on the working copy's grid of places, float32
            (ROWS, COLUMNS).
        power: Exponent of codes in which the veil is taken off, in `POWERS`.
    """

    airlight: NDArray[np.float32]
    transmission: NDArray[np.float32]
    power: float

    def described(self) -> Mapping[str, float | list[float]]:
        return {
            "mean_transmission": float(self.transmission.mean()),
            "least_transmission": float(self.transmission.min()),
            "airlight_encoded": [float(value) for value in self.airlight],
        }


class DehazeEnhancer(Enhancer[VeilEstimate]):
    """Inverts `I = J t + A (1 - t)` with a transmission t of each place, drawn to the edges of the photo.

    The dark channel (He, Sun and Tang, "Single Image Haze Removal Using Dark Channel Prior", CVPR 2009) gives a first
    transmission and airlight; a perceptron corrects both from features of each place at several scales (after Tang,
    Yang and Wang, "Investigating Haze-relevant Features in a Learning Framework for Image Dehazing", CVPR 2014). What
    differs: it also predicts in which space between codes and light the veil lies.

    Args:
        weights: Of an `imaging.mlp.Mlp` with `OUTPUTS` outputs for each row of `haze_features`.
    """

    defect = Defect.HAZY

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self._network = Mlp(weights)

    def estimate(self, view: View) -> VeilEstimate:
        copy = working_copy(view.image)
        features, airlight, odds = haze_features(copy)
        answers = self._network(features)
        whole = answers[:, 1:].mean(axis=0)
        airlight = np.clip(airlight + AIRLIGHT_REACH * np.tanh(whole[:3]), 0.2, 1).astype(np.float32)
        if is_grey(copy):
            airlight[:] = airlight.mean()
        transmission = 1 / (1 + np.exp(-np.clip(odds + answers[:, 0], -20, 20)))
        low, high = POWERS
        return VeilEstimate(
            airlight,
            transmission.reshape(ROWS, COLUMNS).astype(np.float32),
            low + (high - low) / (1 + float(np.exp(-np.clip(whole[3], -20, 20)))),
        )

    def apply(self, image: Image, estimate: VeilEstimate, strength: float) -> Image:
        height, width = image.shape[:2]
        copy = working_copy(image)
        slope, offset = guided_coefficients(cv2.cvtColor(copy, cv2.COLOR_RGB2GRAY), estimate.transmission)
        slope, offset = (
            cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR) for plane in (slope, offset)
        )
        slope *= np.float32(1 / 255)
        airlight = estimate.airlight.astype(np.float64) ** estimate.power
        over_air = [((_CODES**estimate.power) - air).astype(np.float32) for air in airlight]
        # Roots of what is nearly light fit 8 bits as well as codes do; a table makes codes of them.
        table = np.rint(255 * _CODES ** (2 / estimate.power)).astype(np.uint8)
        out = np.empty_like(image)
        for top in range(0, height, _STRIP_ROWS):
            rows = slice(top, top + _STRIP_ROWS)
            transmission = cv2.multiply(slope[rows], cv2.cvtColor(image[rows], cv2.COLOR_RGB2GRAY), dtype=cv2.CV_32F)
            cv2.add(transmission, offset[rows], dst=transmission)
            cv2.min(cv2.max(transmission, LEAST_TRANSMISSION, dst=transmission), 1, dst=transmission)
            # As much of the veil as is to be taken off: what is left of it has this transmission.
            gain = 1 / (1 - np.float32(strength) * (1 - transmission))
            planes = []
            for plane, light, air in zip(cv2.split(image[rows]), over_air, airlight, strict=True):
                scene = cv2.multiply(cv2.LUT(plane, light), gain)
                cv2.max(cv2.add(scene, float(air), dst=scene), 0, dst=scene)
                planes.append(cv2.LUT(cv2.convertScaleAbs(cv2.sqrt(scene, dst=scene), alpha=255), table))
            cv2.merge(planes, dst=out[rows])
        return out


def guided_coefficients(
    guide: NDArray[np.uint8], grid: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return slope and offset by which the guide in [0, 1] gives the grid's values along its edges.

    Guided filter; its coefficients may be enlarged (He and Sun, "Fast guided filter", 2015).

    Args:
        guide: Luma of the working copy, uint8 (h, w).
        grid: Values of places, float32 (ROWS, COLUMNS).

    Returns:
        Float32 (h, w) each.
    """
    luma = guide.astype(np.float32) / 255
    plane = cv2.resize(grid, guide.shape[::-1], interpolation=cv2.INTER_LINEAR)

    def mean(values: NDArray[Any]) -> NDArray[np.float32]:
        side = 2 * GUIDE_RADIUS_PX + 1
        return cv2.blur(values, (side, side), borderType=cv2.BORDER_REPLICATE)

    guide_mean, plane_mean = mean(luma), mean(plane)
    slope = (mean(luma * plane) - guide_mean * plane_mean) / (mean(luma * luma) - guide_mean**2 + GUIDE_EPSILON)
    return mean(slope), mean(plane_mean - slope * guide_mean)


def build(device: str, weights: Path | None = None) -> DehazeEnhancer:
    """Build the enhancer; it runs on the CPU whatever the device.

    Raises:
        WeightsError: The checkpoint cannot be used.
    """
    return DehazeEnhancer(load_checkpoint(WEIGHTS, CHECKPOINTS, weights))
