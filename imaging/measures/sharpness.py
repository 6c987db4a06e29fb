"""How wide the sharpest edges of a photo are, by direction.

After Zhuo and Sim, "Defocus map estimation from a single image" (Pattern Recognition 2011): a step edge blurred by s
and blurred again by a known amount loses gradient by a ratio that gives s away, whatever the contrast of the edge. What
differs: two known blurs instead of one, so that noise and JPEG do not pass for sharpness; and edges are sorted by
direction, because a shaken photo is sharp along the motion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.image import Plane

FINE_SIGMA_PX = 1.0
"""First known blur, wide enough to quieten noise: the binomial filter (1 2 1) / 4 twice."""

COARSE_SIGMA_PX = 3**0.5
"""Both known blurs together: a box of 5 pixels, variance 2, after the first."""

MAX_SIGMA_PX = 6.0
"""Widths are cut off here: beyond, the ratio is too close to one."""

DIRECTIONS = 6
"""Bins of edge direction over half a turn."""

EDGE_SHARE = 0.03
"""Share of the pixels, the ones with the strongest gradients, that are looked at for edges."""

MIN_GRADIENT = 4.0
"""Weakest gradient of an edge, codes per pixel after the first blur: below is noise and shading."""

MAX_EDGES = 1500
"""Edge pixels that are measured, spread over all that were found."""

MANY_PIXELS = 400_000
"""From this size on every second row is enough."""

MIN_EDGES = 12
"""Edge pixels that a direction needs to speak for itself."""

PULL = 0.1
"""Weight of the belief that a blur is the same in all directions, where a direction with n edges weighs sqrt(n)."""

SHARP_QUANTILE = 0.3
"""Quantile of the edge widths that stands for the photo: its sharpest edges, but not its few oddities (thin lines)."""


_SQUARE = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True)
class EdgeWidth:
    """Width of the sharpest edges.

    Attributes:
        sigma_px: Standard deviation of the blur along the direction in which it is widest, pixels; 0 when unknown.
        covariance: Of the blur in (x, y), pixels squared, float64 (2, 2).
        edges: How many edge pixels told it.
    """

    sigma_px: float
    covariance: NDArray[np.float64]
    edges: int


@dataclass(frozen=True, slots=True)
class Edges:
    """The strongest edges of a plane.

    Attributes:
        ratio2: Squared ratio of the gradient after the fine blur to that after the coarse one, float32 (N,): 1 is an
            edge of endless width, 3 a step, more a thin line.
        angle: Direction of the gradient, radians, float32 (N,).
        found: How many pixels are such edges; N of them, spread evenly, were measured.
        least: Gradient from which they were taken, quarter codes a pixel.
    """

    ratio2: NDArray[np.float32]
    angle: NDArray[np.float32]
    found: int
    least: float


def sample_edges(luma: Plane, max_edges: int = MAX_EDGES) -> Edges:
    """Compare the strongest edges of a photo at viewing size with themselves blurred.

    Args:
        luma: uint8 (H, W), at least 16 px either way.
        max_edges: About so many are measured at most.
    """
    fine = cv2.GaussianBlur(cv2.GaussianBlur(luma, (3, 3), 0), (3, 3), 0)
    coarse = cv2.blur(fine, (5, 5))
    gx, gy = cv2.spatialGradient(fine)
    rows, columns, found, least = _strong_edges(gx, gy, max_edges)
    gx, gy = gx[rows, columns].astype(np.float32), gy[rows, columns].astype(np.float32)
    hx, hy = _sobel_at(coarse, rows, columns)
    ratio2 = (gx * gx + gy * gy) / np.maximum(hx * hx + hy * hy, 1e-6)
    return Edges(ratio2, np.arctan2(gy, gx), found, least)


def width_px2(ratio2: Any) -> Any:
    """Return the variance of the blur, pixels squared, that gives an edge a squared ratio of gradients."""
    # ratio^2 = (s^2 + coarse^2) / (s^2 + fine^2)
    variance = (COARSE_SIGMA_PX**2 - ratio2 * FINE_SIGMA_PX**2) / np.maximum(ratio2 - 1, 1e-3)
    return np.clip(variance, 0, MAX_SIGMA_PX**2)


def directions(edges: Edges) -> NDArray[np.intp]:
    """Return the bin in [0, `DIRECTIONS`) of each edge's direction."""
    return np.round(edges.angle * (DIRECTIONS / np.pi)).astype(np.intp) % DIRECTIONS


def measure_edge_width(luma: Plane) -> EdgeWidth:
    """Measure the edges of a photo at viewing size.

    Args:
        luma: uint8 (H, W).

    Returns:
        The width; `sigma_px` 0 and no edges where there is nothing to measure.
    """
    if min(luma.shape) < 16:
        return EdgeWidth(0.0, np.zeros((2, 2)), 0)
    edges = sample_edges(luma)
    if len(edges.ratio2) < MIN_EDGES:
        return EdgeWidth(0.0, np.zeros((2, 2)), len(edges.ratio2))
    variance = width_px2(edges.ratio2)
    bins = directions(edges)
    # Least squares over the directions for the three numbers of the covariance. A weak pull towards the same width in
    # all of them decides where directions are missing.
    overall = _sharp(variance)
    normal = np.diag([PULL, PULL, PULL])
    right = np.array([PULL * overall, 0.0, PULL * overall])
    for index in range(DIRECTIONS):
        inside = variance[bins == index]
        if len(inside) < MIN_EDGES:
            continue
        c, s = np.cos(index * np.pi / DIRECTIONS), np.sin(index * np.pi / DIRECTIONS)
        row = np.array([c * c, 2 * c * s, s * s])
        weight = np.sqrt(len(inside))
        normal += weight * np.outer(row, row)
        right += weight * _sharp(inside) * row
    xx, xy, yy = np.linalg.solve(normal, right)
    covariance = np.array([[xx, xy], [xy, yy]])
    values, vectors = np.linalg.eigh(covariance)
    values = np.clip(values, 0, MAX_SIGMA_PX**2)
    return EdgeWidth(float(np.sqrt(values[-1])), (vectors * values) @ vectors.T, len(variance))


def _sharp(variances: NDArray[np.float32]) -> float:
    """The quantile `SHARP_QUANTILE`, without np.quantile's overhead."""
    rank = int(len(variances) * SHARP_QUANTILE)
    return float(np.partition(variances, rank)[rank])


def _strong_edges(
    gx: NDArray[np.int16], gy: NDArray[np.int16], max_edges: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], int, float]:
    """Rows and columns of the crests of the strongest gradients, about `max_edges` of them at most; how many there are
    in all, and the least gradient."""
    # Mean absolute gradient in quarter codes per pixel: Sobel sums eight.
    strength = cv2.add(cv2.convertScaleAbs(gx, alpha=0.25), cv2.convertScaleAbs(gy, alpha=0.25))
    counts = np.bincount(strength[::4, ::4].reshape(-1), minlength=256)
    above = np.cumsum(counts[::-1])[::-1]
    limit = max(2 * MIN_GRADIENT, float(np.searchsorted(-above, -EDGE_SHARE * above[0])))
    crest = cv2.compare(strength, cv2.max(cv2.dilate(strength, _SQUARE), limit), cv2.CMP_GE)
    margin = 4
    step = 1 if crest.size < MANY_PIXELS else 2
    found = cv2.findNonZero(crest[margin:-margin:step, margin:-margin])
    if found is None:
        return np.empty(0, np.intp), np.empty(0, np.intp), 0, limit
    points = found.reshape(-1, 2)  # OpenCV 4 gives (N, 1, 2), OpenCV 5 (N, 2)
    chosen = points[:: max(1, len(points) // max_edges)].astype(np.intp)
    return chosen[:, 1] * step + margin, chosen[:, 0] + margin, len(points), limit


def _sobel_at(
    plane: Plane, rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Sobel gradients in x and y at some pixels only, float32 (N,) each."""
    width = plane.shape[1]
    flat, middle = plane.reshape(-1), rows * width + columns

    def at(down: int, right: int) -> NDArray[np.float32]:
        return flat[middle + (down * width + right)].astype(np.float32)

    corners = [at(-1, -1), at(-1, 1), at(1, -1), at(1, 1)]
    gx = corners[1] - corners[0] + corners[3] - corners[2] + 2 * (at(0, 1) - at(0, -1))
    gy = corners[2] - corners[0] + corners[3] - corners[1] + 2 * (at(1, 0) - at(-1, 0))
    return gx, gy
