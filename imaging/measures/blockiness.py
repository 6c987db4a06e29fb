"""Where the 8x8 grid of a JPEG lies in the pixels, how much of it shows, and how coarsely its blocks were quantised."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.image import Plane
from imaging.measures.noise import BLOCK_PX, transform_blocks

STEP_CAP = 12
"""Larger lone steps are edges of things, not of blocks, and count no more than this, codes."""

IJG_LUMA_TABLE = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ],
    np.float32,
)
"""Luminance quantisation table of ITU-T T.81, Annex K.1: what encoders scale."""

IJG_CHROMA_TABLE = np.full((8, 8), 99, np.float32)
"""Chrominance quantisation table of ITU-T T.81, Annex K.1."""
IJG_CHROMA_TABLE[:4, :4] = [[17, 18, 24, 47], [18, 21, 26, 66], [24, 26, 56, 99], [47, 66, 99, 99]]


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid of block edges in a plane.

    Attributes:
        row: Row of the first block edge, in [0, period).
        column: Column of the first block edge, in [0, period).
        contrast: How much larger lone steps are on the grid than off it, codes, averaged over both directions.
    """

    row: int
    column: int
    contrast: float


@dataclass(frozen=True, slots=True)
class Phases:
    """Lone steps by their place in the period, in one direction.

    Attributes:
        best: Row or column of the first block edge, in [0, period).
        contrast: Mean lone step there less that of the other places, codes.
        gap: The same less that of the second best place.
        others: Mean lone step of the other places, codes.
    """

    best: int
    contrast: float
    gap: float
    others: float


def find_grid(plane: Plane, period_px: int = BLOCK_PX) -> Grid:
    """Find the grid along which neighbouring pixels step more than anywhere else.

    A lone step is what a difference of neighbours exceeds both differences beside it by: textures and edges of things
    have few, and no phase that they prefer.

    Args:
        plane: uint8 (H, W).
        period_px: Distance of block edges: 8, or 4 or 2 in a plane decoded at half or quarter size.

    Returns:
        The strongest grid; contrast is near 0 where there is none or the plane is too small.
    """
    height, width = plane.shape
    if min(height, width) < 4 * period_px:
        return Grid(0, 0, 0.0)
    across, down = step_phases(plane, 1, period_px), step_phases(plane, 0, period_px)
    return Grid(down.best, across.best, (across.contrast + down.contrast) / 2)


def step_phases(plane: Plane, axis: int, period_px: int = BLOCK_PX) -> Phases:
    """Measure the lone steps between columns (axis 1) or rows (axis 0) of a plane of at least four periods."""
    if axis == 1:
        steps = cv2.absdiff(plane[:, 1:], plane[:, :-1])
        middle, beside = steps[:, 1:-1], cv2.max(steps[:, :-2], steps[:, 2:])
    else:
        steps = cv2.absdiff(plane[1:], plane[:-1])
        middle, beside = steps[1:-1], cv2.max(steps[:-2], steps[2:])
    lone = cv2.min(cv2.subtract(middle, beside), STEP_CAP)
    means = cv2.reduce(lone, 1 - axis, cv2.REDUCE_AVG, dtype=cv2.CV_32F).ravel()
    whole = len(means) // period_px * period_px
    # Medians over the periods: one strong line (a door frame) must not make a grid.
    places = _median(means[:whole].reshape(-1, period_px))
    ordered = np.sort(places)
    others = float(ordered[:-1].mean())
    best = float(ordered[-1])
    return Phases((int(places.argmax()) + 2) % period_px, best - others, best - float(ordered[-2]), others)


def _median(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Median over axis 0; `np.median` takes three times as long."""
    ordered = np.sort(rows, axis=0)
    count = len(rows)
    return (ordered[(count - 1) // 2] + ordered[count // 2]) * np.float32(0.5)


def quantisation_scale(plane: Plane, grid: Grid, max_blocks: int = 6000) -> float:
    """Estimate how coarsely blocks were quantised, from the gaps in the histograms of their DCT coefficients.

    Coefficients of a decoded block sit at multiples of their quantisation step (Fan and de Queiroz, "Identification of
    bitmap compression history", TIP 2003). Here the mean of cos(2 pi c / q) over coefficients that are not in the dead
    zone tells how well step q fits; the largest step that fits nearly as well as the best is taken (its divisors fit
    too), and the median over frequencies of its ratio to `IJG_LUMA_TABLE`.

    Args:
        plane: uint8 (H, W), luma at the size it was compressed in.
        grid: Where its blocks lie.
        max_blocks: Blocks that are looked at.

    Returns:
        Factor on the standard table (0.5 is quality 75, 1 is 50, 5 is 10); 0 when no steps can be told.
    """
    aligned = plane[grid.row :, grid.column :]
    rows, columns = (n // BLOCK_PX for n in aligned.shape)
    if rows * columns < MIN_COEFFICIENTS:
        return 0.0
    stride = max(1, int(np.ceil(np.sqrt(rows * columns / max_blocks))))
    blocks = aligned[: rows * BLOCK_PX, : columns * BLOCK_PX].reshape(rows, BLOCK_PX, columns, BLOCK_PX)
    chosen = blocks[::stride, :, ::stride].transpose(0, 2, 1, 3).reshape(-1, BLOCK_PX**2)
    coefficients = np.abs(transform_blocks(chosen)[:, _LOW])
    ratios = []
    for values, standard in zip(coefficients.T, IJG_LUMA_TABLE.reshape(-1)[_LOW], strict=True):
        step = _step(values)
        if step:
            ratios.append(step / standard)
    return float(np.median(ratios)) if len(ratios) >= MIN_FREQUENCIES else 0.0


_ORDER = np.add.outer(np.arange(BLOCK_PX), np.arange(BLOCK_PX)).reshape(-1)
_LOW = np.flatnonzero((_ORDER >= 1) & (_ORDER <= 3))

MAX_STEP = 160
"""Largest step looked for: quality 6."""

MIN_STEP = 3
"""Smallest step looked for: rounding to eight bits blurs finer ones."""

MIN_COEFFICIENTS = 24
"""Coefficients outside the dead zone that a step must rest on."""

MIN_FREQUENCIES = 3
"""Frequencies with a step of their own that an answer takes."""

MIN_FIT = 0.4
"""Fit from which a step is believed; without quantisation it stays within 0.2 (simulation)."""

NEAR_BEST = 0.75
"""Share of the best fit that a larger step must reach to be preferred over its divisors."""

_STEPS = np.arange(MIN_STEP, MAX_STEP + 1)
_BINS = 4  # histogram bins per code
_RANGE = 512
_CENTRES = (np.arange(_RANGE * _BINS) + 0.5) / _BINS
_ALIVE = (_CENTRES[None] > 0.5 * _STEPS[:, None]).astype(np.float32)
_WAVES = np.cos(2 * np.pi * _CENTRES[None] / _STEPS[:, None]).astype(np.float32) * _ALIVE


def _step(values: NDArray[np.float32]) -> int:
    """Quantisation step that absolute coefficients, shape (N,), are multiples of; 0 if none shows."""
    codes = np.minimum((values * _BINS).astype(np.int64), len(_CENTRES) - 1)
    histogram = np.bincount(codes, minlength=len(_CENTRES)).astype(np.float32)
    counts = cv2.gemm(_ALIVE, histogram[:, None], 1, None, 0)[:, 0]
    waves = cv2.gemm(_WAVES, histogram[:, None], 1, None, 0)[:, 0]
    fits = np.where(counts >= MIN_COEFFICIENTS, waves / np.maximum(counts, 1), 0)
    best = float(fits.max())
    if best < MIN_FIT:
        return 0
    return int(_STEPS[np.flatnonzero(fits >= NEAR_BEST * best)[-1]])
