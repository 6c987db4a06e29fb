"""What tells blur, noise and JPEG artefacts: statistics of the finest detail of a view.

One network for all three, since each changes what the others are told by: noise and blocks sharpen edges, blur
silences noise, compression flattens both.
"""

from __future__ import annotations

import cv2
import numpy as np

from detector.learned import Family, Features
from imaging.defects import Defect
from imaging.image import Plane
from imaging.measures.blockiness import step_phases
from imaging.measures.noise import BLOCK_PX, sample_blocks, transform_blocks
from imaging.measures.sharpness import DIRECTIONS, MIN_EDGES, directions, sample_edges, width_px2
from imaging.view import View

MIN_SIDE_PX = 48
"""Smaller views have too few blocks and edges to speak of."""

MAX_BLOCKS = 1200
"""Blocks looked at: twice as many change the AUC by less than 0.002."""

BANDS = 3
"""Strips of rows that edges are looked for in: top, middle and bottom."""

BAND_PX = 80_000
"""Pixels of a strip: all of a small view, a third of a large one."""

BAND_EDGES = 500
"""Edge pixels measured in a strip."""

MANY_PIXELS = 400_000
"""From this size on half of the rows and of the columns tell the grid."""

SEEN_AT_FACTOR = {1: 1.0, 2: 1.35, 4: 1.8}
"""Factor on the contrast of the block grid in a reduced view, whose area means soften the steps; in a view reduced
eight times blocks are pixels and nothing shows."""

TRUST_AT_QUALITY = ((50, 80), (1.4, 0.8))
"""Factor on that contrast by the quality of the file, linear between these two: a coarse file owns what shows, in a
fine one it was there before or is content. It cannot make something of nothing."""

_ORDERS = ((1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 14), (3, 14))
_order = np.add.outer(np.arange(BLOCK_PX), np.arange(BLOCK_PX)).reshape(-1)
_GROUPS = np.stack([(_order >= low) & (_order <= high) for low, high in _ORDERS], axis=1).astype(np.float32)
_GROUPS /= _GROUPS.sum(axis=0)
_NOISE = len(_ORDERS) - 1
_QUANTILES = np.array([0.01, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75])
_BRIGHTNESS = ((0, 60), (60, 130), (130, 200), (200, 256))
_CODES = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
_SHARPNESS = np.array([0.25, 0.5, 0.7, 0.85, 0.95])
_SHARP = 0.7  # of the edges by sharpness: the sharp ones, but not the few oddities (thin lines)
_NO_EDGE = 1.2  # squared ratio of gradients of an edge 3 px wide
_MIN_EDGES = 30
_FLOOR = 0.02  # codes squared: far less than rounding leaves


def detail_features(view: View) -> Features | None:
    """Return what blocks, edges and block grid tell; None for a view that is too small or all clipped."""
    luma = view.luma
    blocks = _block_features(luma) if min(luma.shape) >= MIN_SIDE_PX else None
    if blocks is None:
        return None
    trust = 1.0 if view.jpeg_quality is None else float(np.interp(view.jpeg_quality, *TRUST_AT_QUALITY))
    return np.concatenate([blocks, _edge_features(luma), _grid_features(luma, view.factor, trust)])


DETAIL = Family("detail", (Defect.BLUR, Defect.NOISY, Defect.JPEG_ARTIFACTS), detail_features)


def _block_features(luma: Plane) -> Features | None:
    """Energies of DCT blocks: of the quietest ones, of the flattest and busiest by frequency, and by brightness."""
    blocks = sample_blocks(luma, MAX_BLOCKS)
    inside = cv2.reduce(cv2.inRange(blocks, 1, 254), 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[:, 0]
    keep = inside >= 255 * 0.9
    count = int(np.count_nonzero(keep))
    if count < 20:
        return None
    coefficients = transform_blocks(blocks[keep] if count < len(blocks) else blocks)
    energies = cv2.gemm(cv2.multiply(coefficients, coefficients), _GROUPS, 1, None, 0)
    brightness = coefficients[:, 0] * np.float32(1 / BLOCK_PX)
    quiet_first = np.argsort(energies[:, _NOISE])
    quietest = energies[quiet_first[(count * _QUANTILES).astype(np.intp)], _NOISE]
    activity = energies[:, 0] + energies[:, 1]
    flat_first = np.argsort(activity)
    parts = (flat_first[: count // 8], flat_first[count // 3 : count // 2], flat_first[-(count // 5) :])
    spectra = [cv2.reduce(energies[part], 0, cv2.REDUCE_AVG)[0, :_NOISE] for part in parts]
    noise_at = _noise_by_brightness(brightness[quiet_first], energies[quiet_first, _NOISE], float(quietest[2]))
    activities = activity[flat_first[[count // 20, count // 8, count // 3]]]
    logs = np.log(np.concatenate([quietest, *spectra, noise_at, activities]) + np.float32(_FLOOR))
    codes = np.sort(brightness)[(count * _CODES).astype(np.intp)] * np.float32(1 / 64)
    place = [float(brightness[parts[0]].mean()) / 64, count / len(blocks)]
    return np.concatenate([logs, codes, np.array(place, np.float32)])


def _noise_by_brightness(brightness: Features, noise: Features, otherwise: float) -> Features:
    """Return the energy of the quiet blocks at each brightness; both given by rising energy."""
    found = []
    for low, high in _BRIGHTNESS:
        inside = noise[(brightness >= low) & (brightness < high)]
        found.append(float(inside[len(inside) // 8]) if len(inside) >= 16 else otherwise)
    return np.array(found, np.float32)


def _edge_features(luma: Plane) -> Features:
    """How sharp edges are: quantiles over all, by direction and by strip, and how many there are."""
    height, width = luma.shape
    rows = min(height // BANDS, max(24, BAND_PX // width))
    tops = [(2 * band + 1) * height // (2 * BANDS) - rows // 2 for band in range(BANDS)]
    strips = [sample_edges(luma[top : top + rows], BAND_EDGES) for top in tops]
    ratio2 = np.concatenate([edges.ratio2 for edges in strips])
    count = len(ratio2)
    if count < _MIN_EDGES:
        ratio2 = np.full(_MIN_EDGES, _NO_EDGE, np.float32)
    bins = np.concatenate([directions(edges) for edges in strips])
    quantiles = np.sort(ratio2)[(len(ratio2) * _SHARPNESS).astype(np.intp)]
    by_direction = [ratio2[bins == index] for index in range(DIRECTIONS)] if count >= _MIN_EDGES else []
    told = np.sort([_sharp(inside) for inside in by_direction if len(inside) >= MIN_EDGES] or [float(quantiles[2])])
    by_strip = np.sort([_sharp(edges.ratio2) if len(edges.ratio2) >= MIN_EDGES else _NO_EDGE for edges in strips])
    ratios = np.sqrt(np.concatenate([quantiles, [told[0], told[len(told) // 2], told[-1]], by_strip]))
    widths = np.sqrt(width_px2(np.array([quantiles[2], told[0]])))
    least = float(np.mean([edges.least for edges in strips]))
    share = sum(edges.found for edges in strips) / (BANDS * rows * width)
    amounts = np.log([least, share + 1e-4, count / (BANDS * BAND_EDGES) + 1e-2])
    return np.concatenate([ratios, widths, amounts]).astype(np.float32)


def _sharp(ratio2: Features) -> float:
    """Return the quantile `_SHARP`, without np.quantile's overhead."""
    rank = int(len(ratio2) * _SHARP)
    return float(np.partition(ratio2, rank)[rank])


def _grid_features(luma: Plane, factor: int, trust: float) -> Features:
    """How much of a grid of block edges shows, by direction, and against how much else."""
    period = BLOCK_PX // factor
    if factor not in SEEN_AT_FACTOR:
        return np.array([0, 0, 0, -2, 0, 0, 0, -3, -3], np.float32)
    seen = SEEN_AT_FACTOR[factor] * trust
    height, width = luma.shape
    many = height * width > MANY_PIXELS
    across = step_phases(luma[::2] if many else luma, 1, period)
    down = step_phases(luma[:, width // 4 : width - width // 4] if many else luma, 0, period)
    contrast = seen * (across.contrast + down.contrast) / 2
    least, most = sorted((seen * across.contrast, seen * down.contrast))
    least_gap, most_gap = sorted((seen * across.gap, seen * down.gap))
    others = (across.others + down.others) / 2
    relative = contrast / (others + 0.2)
    logs = np.log([others + 0.05, contrast + 0.05, least + 0.05])
    return np.array([contrast, least, most, relative, least_gap, most_gap, *logs], np.float32)
