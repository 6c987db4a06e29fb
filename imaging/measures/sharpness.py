"""How wide the sharpest edges of a photo are, by direction.

After Zhuo and Sim, "Defocus map estimation from a single image" (Pattern Recognition 2011): a step edge blurred by s and
blurred again by a known amount loses gradient by a ratio that gives s away, whatever the contrast of the edge. What
differs: two known blurs instead of one, so that noise and JPEG do not pass for sharpness; and edges are sorted by
direction, because a shaken photo is sharp along the motion.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.image import Plane

FINE_SIGMA_PX = 1.0
"""First known blur: wide enough to quieten noise."""

COARSE_SIGMA_PX = 2.0
"""Second known blur; edges up to about twice as wide can be told apart."""

MAX_SIGMA_PX = 6.0
"""Widths are cut off here: beyond, the ratio is too close to one."""

DIRECTIONS = 6
"""Bins of edge direction over half a turn."""

EDGE_SHARE = 0.03
"""Share of the pixels, the ones with the strongest gradients, that are looked at for edges."""

MIN_GRADIENT = 4.0
"""Weakest gradient of an edge, codes per pixel after the first blur: below is noise and shading."""

MAX_EDGES = 2000
"""Edge pixels that are measured, spread over all that were found."""

MIN_EDGES = 12
"""Edge pixels that a direction needs to speak for itself."""

SHARP_QUANTILE = 0.3
"""Quantile of the edge widths that stands for the photo: its sharpest edges, but not its few oddities (thin lines)."""


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


def measure_edge_width(luma: Plane) -> EdgeWidth:
    """Measure the edges of a photo at viewing size.

    Args:
        luma: uint8 (H, W).

    Returns:
        The width; `sigma_px` 0 and no edges where there is nothing to measure.
    """
    if min(luma.shape) < 16:
        return EdgeWidth(0.0, np.zeros((2, 2)), 0)
    fine = cv2.GaussianBlur(luma, (7, 7), FINE_SIGMA_PX)
    coarse = cv2.GaussianBlur(fine, (11, 11), float(np.sqrt(COARSE_SIGMA_PX**2 - FINE_SIGMA_PX**2)))
    gx, gy = cv2.Sobel(fine, cv2.CV_16S, 1, 0), cv2.Sobel(fine, cv2.CV_16S, 0, 1)
    rows, columns = _strong_edges(gx, gy)
    if len(rows) < MIN_EDGES:
        return EdgeWidth(0.0, np.zeros((2, 2)), len(rows))
    gx, gy = gx[rows, columns].astype(np.float32), gy[rows, columns].astype(np.float32)
    hx, hy = _sobel_at(coarse, rows, columns)
    ratio2 = (gx * gx + gy * gy) / np.maximum(hx * hx + hy * hy, 1e-6)
    # ratio^2 = (s^2 + coarse^2) / (s^2 + fine^2)
    variance = (COARSE_SIGMA_PX**2 - ratio2 * FINE_SIGMA_PX**2) / np.maximum(ratio2 - 1, 1e-3)
    variance = np.clip(variance, 0, MAX_SIGMA_PX**2)
    angle = np.arctan2(gy, gx)
    bins = np.round(angle * (DIRECTIONS / np.pi)).astype(int) % DIRECTIONS
    equations, widths, weights = [], [], []
    for index in range(DIRECTIONS):
        inside = variance[bins == index]
        if len(inside) < MIN_EDGES:
            continue
        c, s = np.cos(index * np.pi / DIRECTIONS), np.sin(index * np.pi / DIRECTIONS)
        equations.append((c * c, 2 * c * s, s * s))
        widths.append(float(np.quantile(inside, SHARP_QUANTILE)))
        weights.append(len(inside) ** 0.25)
    overall = float(np.quantile(variance, SHARP_QUANTILE))
    # A weak pull towards the same width in all directions decides where directions are missing.
    equations += [(1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, 1.0, 0.0)]
    widths += [overall, overall, 0.0]
    weights += [0.3] * 3
    scale = np.array(weights)
    solution = np.linalg.lstsq(np.array(equations) * scale[:, None], np.array(widths) * scale, rcond=None)[0]
    covariance = np.array([[solution[0], solution[1]], [solution[1], solution[2]]])
    values, vectors = np.linalg.eigh(covariance)
    values = np.clip(values, 0, MAX_SIGMA_PX**2)
    return EdgeWidth(float(np.sqrt(values[-1])), (vectors * values) @ vectors.T, len(rows))


def _strong_edges(gx: NDArray[np.int16], gy: NDArray[np.int16]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the crests of the strongest gradients, at most about `MAX_EDGES`."""
    # Mean absolute gradient in quarter codes per pixel: Sobel sums eight.
    strength = cv2.add(cv2.convertScaleAbs(gx, alpha=0.25), cv2.convertScaleAbs(gy, alpha=0.25))
    counts = np.bincount(strength[::3, ::3].reshape(-1), minlength=256)
    above = np.cumsum(counts[::-1])[::-1]
    limit = max(2 * MIN_GRADIENT, float(np.searchsorted(-above, -EDGE_SHARE * above[0])))
    crest = cv2.compare(strength, cv2.max(cv2.dilate(strength, np.ones((3, 3), np.uint8)), limit), cv2.CMP_GE)
    margin = 4
    found = cv2.findNonZero(crest[margin:-margin, margin:-margin])
    if found is None:
        return np.empty(0, np.intp), np.empty(0, np.intp)
    points = found.reshape(-1, 2).astype(np.intp)  # OpenCV 4 gives (N, 1, 2), OpenCV 5 (N, 2)
    points = points[:: max(1, len(points) // MAX_EDGES)] + margin
    return points[:, 1], points[:, 0]


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
