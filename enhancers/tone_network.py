"""A small network that looks at a thumbnail and tells which tone curve and which local gains a photo needs.

The design is HDRNet's (Gharbi et al., "Deep bilateral learning for real-time image enhancement", SIGGRAPH 2017): a
convolutional trunk on a low-resolution copy splits into a path that keeps the place and one that sees the whole
photo, and the output is a bilateral grid. What differs: a cell of the grid is one gain instead of an affine
transform, so that hue stays; a global tone curve goes before the grid, because under-exposure is undone exactly only
per code; and histograms are given to the global path, which 64 x 64 averages cannot replace. It runs in numpy: torch
would cost each replica a second and 180 MB.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.color import SRGB_TO_LINEAR
from imaging.image import Image
from imaging.measures.exposure import channel_max, channel_min

Array = NDArray[np.float32]

SIDE_PX = 64
"""The network sees every photo at this size, whatever its aspect ratio."""

KNOTS = 16
"""Of the tone curve, evenly spaced in the square root of codes."""

LEVELS, CELLS = 8, 8
"""Of the grid: levels of illumination, evenly spaced in its square root, and cells along each side of the photo."""

EXPOSURE = "exposure-grid-1"
"""The network family of `glaring`, as checkpoints name it."""

_PERCENTS = (0.5, 2, 10, 25, 50, 75, 90, 98, 99.5)
_HISTOGRAM_BINS = 16
GLOBAL_FEATURES = 3 * len(_PERCENTS) + 2 * _HISTOGRAM_BINS
LOG_LINEAR: Array = (1 + np.log2(SRGB_TO_LINEAR + np.float32(2.0**-10)) / 5).astype(np.float32)
"""Linear light of each code on a log scale, in [-1, 1]: half the planes; a stop is a tenth of the range."""
CENTRED: Array = (np.arange(256) / 127.5 - 1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a network says of a photo.

    Attributes:
        vector: For the whole photo, float32 (V,): for exposure log2 of output over input code at `KNOTS` knots.
        grid: For each place, float32 (L, CELLS, CELLS), rows before columns: for exposure log2 of the gain of codes on
            top, at `LEVELS` illuminations.
        need: Log-odds that the photo has the defect at all.
    """

    vector: Array
    grid: Array
    need: float


def planes(small: Image) -> Array:
    """Return what the trunk sees: codes and log light of an averaged copy, float32 (6, 64, 64) in [-1, 1].

    Args:
        small: uint8 RGB (h, w, 3).
    """
    seen = cv2.resize(small, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    both = np.concatenate([CENTRED[seen], LOG_LINEAR[seen]], axis=2)
    return np.ascontiguousarray(both.transpose(2, 0, 1))


def global_features(small: Image) -> Array:
    """Return percentiles and histograms of the brightest and the darkest channel and of luma, float32 (59,)."""
    luma = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    values = []
    histograms = []
    for plane in (channel_max(small), channel_min(small), luma):
        histogram = cv2.calcHist([plane], [0], None, [256], [0, 256]).ravel()
        cumulated = np.cumsum(histogram) / plane.size
        codes = np.minimum(np.searchsorted(cumulated, np.array(_PERCENTS) / 100), 255)
        values.append(LOG_LINEAR[codes])
        histograms.append(np.sqrt(histogram.reshape(_HISTOGRAM_BINS, -1).sum(axis=1) / plane.size))
    return np.concatenate([*values, *histograms[:2]]).astype(np.float32)


class ToneNetwork:
    """The forward pass; `training/train_tone.py` holds the same network in torch.

    Args:
        weights: Convolutions `conv{1..4}`, dense layers `global{1,2}`, `vector`, `need`, `to_local`, and 1 x 1
            convolutions `local`, `grid`, each with `.weight` and `.bias`, as torch lays them out.
    """

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self._layers = {
            name.removesuffix(".weight"): (
                np.ascontiguousarray(value.reshape(value.shape[0], -1).T, np.float32),
                np.asarray(weights[name.removesuffix("weight") + "bias"], np.float32),
            )
            for name, value in weights.items()
            if name.endswith(".weight")
        }

    def __call__(self, small: Image, features: Array) -> Seen:
        """Return what a photo needs.

        Args:
            small: Small copy, uint8 RGB (h, w, 3).
            features: What the network is told of the whole photo, float32 (F,): `global_features` at least.
        """
        seen = planes(small)
        for name, stride in (("conv1", 2), ("conv2", 2), ("conv3", 2), ("conv4", 1)):
            seen = self._convolve(seen, name, stride)
        cells = np.ascontiguousarray(seen.reshape(seen.shape[0], -1).T)
        whole = np.concatenate([cells.mean(axis=0), cells.max(axis=0), features])
        for name in ("global1", "global2"):
            whole = np.maximum(self._dense(whole, name), 0)
        local = np.maximum(self._dense(cells, "local") + self._dense(whole, "to_local"), 0)
        grid = np.ascontiguousarray(self._dense(local, "grid").T).reshape(-1, CELLS, CELLS)
        return Seen(self._dense(whole, "vector"), grid, float(self._dense(whole, "need")[0]))

    def _dense(self, x: Array, name: str) -> Array:
        weight, bias = self._layers[name]
        # Not numpy's product, whose threads fight with the service's own.
        product = cv2.gemm(x.reshape(-1, weight.shape[0]), weight, 1, None, 0) + bias
        return product[0] if x.ndim == 1 else product

    def _convolve(self, x: Array, name: str, stride: int) -> Array:
        """Return a 3 x 3 convolution with zeros beyond the border and a rectifier, float32 (C, H, W)."""
        padded = np.pad(x, ((0, 0), (1, 1), (1, 1)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))[:, ::stride, ::stride]
        channels, height, width = windows.shape[:3]
        columns = windows.transpose(1, 2, 0, 3, 4).reshape(height * width, channels * 9)
        out = np.maximum(self._dense(columns, name), 0)
        return np.ascontiguousarray(out.T).reshape(-1, height, width)
