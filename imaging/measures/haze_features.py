"""What tells the haze at each place of a photo: the dark channel and its like at several scales."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.image import Image, Plane
from imaging.measures.exposure import channel_max, channel_min
from imaging.measures.percentiles import codes_at

ROWS, COLUMNS = 24, 32
"""Places, whatever the photo's aspect ratio."""
CELL_PX = 4
"""Pixels of the working copy for each place, along one side."""
WINDOWS_PX = (5, 13, 31)
"""Sides of the neighbourhoods on the working copy."""
HAZE_SHARE = 0.95
"""Of the haze that the dark channel prior takes for real (He et al., CVPR 2009, omega)."""

_PERCENTS = (0.1, 1, 5, 25, 50, 75, 95, 99, 99.9)
_AIRLIGHT_SHARE = 0.005
"""Of the pixels, the most veiled ones, whose mean is the first guess of the airlight; He et al. take 0.1 % of larger
photos."""

Features = NDArray[np.float32]


def working_copy(image: Image) -> Image:
    """Return the photo averaged to `CELL_PX` pixels for each place, uint8 RGB."""
    return cv2.resize(image, (COLUMNS * CELL_PX, ROWS * CELL_PX), interpolation=cv2.INTER_AREA)


def haze_features(copy: Image) -> tuple[Features, Features, Features]:
    """Return features of each place, and what the dark channel prior makes of them.

    Args:
        copy: `working_copy` of the photo, uint8 RGB.

    Returns:
        Float32 (ROWS * COLUMNS, F), places row by row; airlight of R, G and B, encoded in [0, 1], float32 (3,); and the
        log-odds of the transmission of each place, float32 (ROWS * COLUMNS,).
    """
    codes = copy.astype(np.float32) / 255
    lowest, highest = channel_min(copy), channel_max(copy)
    dark = cv2.erode(lowest, np.ones((WINDOWS_PX[0],) * 2, np.uint8))
    airlight = _airlight(codes, dark)
    relative = channel_min(np.rint(255 * np.minimum(codes / airlight, 1)).astype(np.uint8))
    luma = cv2.cvtColor(copy, cv2.COLOR_RGB2GRAY)
    planes: list[NDArray[Any]] = [*cv2.split(codes), cv2.subtract(highest, lowest)]
    for side in WINDOWS_PX:
        window = np.ones((side, side), np.uint8)
        planes += [cv2.erode(relative, window), cv2.erode(lowest, window), cv2.dilate(highest, window)]
        mean = cv2.blur(luma.astype(np.float32) / 255, (side, side))
        square = cv2.blur((luma.astype(np.float32) / 255) ** 2, (side, side))
        planes.append(np.sqrt(np.maximum(square - mean * mean, 0)))
    cells = [cv2.resize(_unit(plane), (COLUMNS, ROWS), interpolation=cv2.INTER_AREA) for plane in planes]
    transmission = np.clip(1 - HAZE_SHARE * cells[8], 0.02, 0.98)
    odds = np.log(transmission / (1 - transmission))
    y = np.broadcast_to(np.linspace(-1, 1, ROWS, dtype=np.float32)[:, None], (ROWS, COLUMNS))
    x = np.broadcast_to(np.abs(np.linspace(-1, 1, COLUMNS, dtype=np.float32)), (ROWS, COLUMNS))
    own = np.stack([*cells, odds, y, x], axis=-1).reshape(ROWS * COLUMNS, -1)
    whole = [codes_at(plane, _PERCENTS) / 255 for plane in (dark, lowest, highest, luma)]
    share = np.concatenate([*whole, airlight, [transmission.mean(), transmission.std()]])
    features = np.concatenate([own, np.broadcast_to(share, (len(own), len(share)))], axis=1)
    return features.astype(np.float32), airlight, odds.ravel().astype(np.float32)


def _airlight(codes: NDArray[Any], dark: Plane) -> Features:
    """Return the mean colour where the dark channel is brightest, at least 0.3, float32 (3,)."""
    count = max(1, round(_AIRLIGHT_SHARE * dark.size))
    most = np.argpartition(dark.ravel(), dark.size - count)[-count:]
    return np.maximum(codes.reshape(-1, 3)[most].mean(axis=0), 0.3).astype(np.float32)


def _unit(plane: NDArray[Any]) -> Features:
    unit: Features = plane.astype(np.float32)
    return unit / np.float32(255) if plane.dtype == np.uint8 else unit
