"""The forward pass of a small trained multilayer perceptron, without torch.

A replica that only needs a few thousand multiplications shall not pay for importing torch (a second and 180 MB). Made
for vectors of some hundred numbers: one pass takes 10 to 20 microseconds on one thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

INPUT_LIMIT = 6.0
"""Standardised inputs are clipped to plus and minus this, in training too: what is further from anything seen (a photo
of one colour) shall not be extrapolated to."""


class Mlp:
    """Standardised inputs, fully connected layers, a ReLU between them and none behind the last.

    The weights are named as a `torch.nn.Sequential` of `Linear` and `ReLU` saves them, with the standardisation beside:

    - `mean` and `scale`, shape (I,): inputs become `clip((x - mean) / scale, -INPUT_LIMIT, INPUT_LIMIT)`;
    - `0.weight` (H, I), `0.bias` (H,), `2.weight` (O, H), `2.bias` (O,), ...: `y = W x + b`, ReLU at odd places.

    Args:
        weights: Arrays by name, of any floating type; others may be among them.
        prefix: What stands before each name, e.g. "tone.".

    Raises:
        KeyError: `mean`, `scale`, the first layer or a bias is missing.
        ValueError: Shapes do not fit together.
    """

    def __init__(self, weights: Mapping[str, NDArray[Any]], prefix: str = "") -> None:
        self._mean: NDArray[np.float32] = np.asarray(weights[f"{prefix}mean"], np.float32)
        self._factor: NDArray[np.float32] = np.reciprocal(np.asarray(weights[f"{prefix}scale"], np.float32))
        self._layers: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = []
        size = self._mean.size
        if self._mean.shape != (size,) or self._factor.shape != (size,):
            raise ValueError("mean and scale are vectors of one length")
        index = 0
        while index == 0 or f"{prefix}{index}.weight" in weights:
            matrix = np.asarray(weights[f"{prefix}{index}.weight"], np.float32)
            bias = np.asarray(weights[f"{prefix}{index}.bias"], np.float32)
            if matrix.ndim != 2 or matrix.shape[1] != size or bias.shape != matrix.shape[:1]:
                raise ValueError(f"layer {index}: {matrix.shape} and {bias.shape} do not fit {size} inputs")
            self._layers.append((np.ascontiguousarray(matrix.T), bias))
            size = matrix.shape[0]
            index += 2
        self.inputs = self._mean.size
        self.outputs = size

    def __call__(self, x: NDArray[Any]) -> NDArray[np.float32]:
        """Return the outputs, float32 (O,) of inputs (I,), or (N, O) of (N, I)."""
        values = (np.asarray(x, np.float32) - self._mean) * self._factor
        values = np.maximum(np.minimum(values, INPUT_LIMIT), -INPUT_LIMIT).reshape(-1, self.inputs)
        last = len(self._layers) - 1
        for index, (matrix, bias) in enumerate(self._layers):
            # Not numpy's product: its threads fight with the service's own, and wait ten times as long as they work.
            values = cv2.gemm(values, matrix, 1, None, 0)
            values += bias
            if index < last:
                np.maximum(values, 0, out=values)
        return values[0] if np.ndim(x) == 1 else values
