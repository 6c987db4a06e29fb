"""How much noise a photo carries, by brightness and by frequency, measured in the photo itself.

After Ponomarenko et al., "An automatic approach to lossy compression of AVIRIS images" (IGARSS 2007), and Colom and
Buades, "Analysis and extension of the Ponomarenko method" (IPOL 2013): among 8x8 DCT blocks of one brightness those
with the least energy at low frequencies are flat, and what else they hold is noise. Frequencies are kept apart, because
demosaicing, resizing and compression leave noise that is anything but white (Lebrun, Colom and Morel, "The noise
clinic", IPOL 2015). What differs: few blocks and few brightness bins, since the answer has to come within milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.image import Plane

BLOCK_PX = 8
"""Side of the blocks, pixels."""


def _dct_basis() -> NDArray[np.float64]:
    index = np.arange(BLOCK_PX)
    rows = np.cos(np.pi * (2 * index[None] + 1) * index[:, None] / (2 * BLOCK_PX)) * np.sqrt(2 / BLOCK_PX)
    rows[0] /= np.sqrt(2)
    return np.einsum("ui,vj->uvij", rows, rows).reshape(BLOCK_PX**2, BLOCK_PX**2)


DCT_BASIS = _dct_basis()
"""Orthonormal two-dimensional DCT-II of 8x8 pixels, float64 (64 frequencies, 64 pixels), both in row-major order."""

_ORDER = np.add.outer(np.arange(BLOCK_PX), np.arange(BLOCK_PX)).reshape(-1)
_SELECTION = (_ORDER >= 1) & (_ORDER <= 3)
_ESTIMATION = _ORDER >= 3
_GROUPS = np.stack([_SELECTION, _ESTIMATION / _ESTIMATION.sum()], axis=1).astype(np.float32)
_DCT_TRANSPOSED = np.ascontiguousarray(DCT_BASIS.T, np.float32)

BINS = 8
"""Brightness bins; the noise of a camera changes slowly with brightness."""

FLAT_SHARE = 0.12
"""Share of the blocks of a bin that counts as flat. Less is noisier, more takes in texture (sweep 0.05 to 0.3)."""

MIN_BLOCKS = 10
"""Flat blocks that a bin needs to speak for itself."""

SELECTION_BIAS = 0.6
"""Expected energy of the selecting frequencies in flat blocks over that of all blocks of pure noise: the flattest were
chosen by it (simulation with white noise in half of the blocks)."""

LEVEL_RANGE = 2.5
"""A bin may exceed or fall short of the photo's noise by this factor, and no more: beyond is texture or clipping."""

CLIPPED_SHARE = 0.1
"""Blocks with more pixels than this at 0 or 255 say nothing of noise."""

NEAR_CLIPPING = (16, 240)
"""Brightness outside which tone curves flatten noise away; used for the floor where other blocks exist."""

FLOOR_QUANTILE = 0.05
"""Noise is everywhere, texture is not: at least this share of the blocks must be as noisy as the floor says."""

STEADY_QUANTILES = (0.01, 0.2)
"""Blocks of noise differ little in energy, the quietest of a photo full of foliage or tiles differ a lot."""

STEADY_RATIO = (0.35, 0.5)
"""Ratio of the deviations at those quantiles that means texture, and noise. It exceeds 0.47 in 98 % of the noisy
calibration photos; of the clean ones that would pass for noisy otherwise, most are below 0.44."""

FLOOR_FACTOR = 1.5
"""Upper bound of the noise over the deviation found at `FLOOR_QUANTILE`. With real noise the ratio is 1.4 to 1.8 (flat
blocks scatter, and noise depends on brightness); fine texture taken for noise makes it 3 to 20 (calibration photos)."""


@dataclass(frozen=True, slots=True)
class NoiseProfile:
    """Noise of one plane.

    Attributes:
        sigma: Standard deviation in codes, typical of the photo.
        by_code: Factor on it at each brightness, float32 (256,).
        spectrum: Standard deviation in codes at each frequency of an orthonormal 8x8 DCT where `by_code` is 1,
            float32 (8, 8); white noise has `sigma` everywhere.
    """

    sigma: float
    by_code: NDArray[np.float32]
    spectrum: NDArray[np.float32]


def sample_blocks(plane: Plane, max_blocks: int) -> Plane:
    """Return about `max_blocks` 8x8 blocks spread evenly over the plane, uint8 (N, 64); none when it is too small."""
    height, width = plane.shape
    if height < BLOCK_PX or width < BLOCK_PX:
        return np.empty((0, BLOCK_PX**2), np.uint8)
    step = max(BLOCK_PX, round(float(np.sqrt(height * width / max_blocks))))
    windows = np.lib.stride_tricks.sliding_window_view(plane, (BLOCK_PX, BLOCK_PX))[::step, ::step]
    return windows.reshape(-1, BLOCK_PX**2)


def transform_blocks(blocks: Plane) -> NDArray[np.float32]:
    """Return the DCT of 8x8 blocks, uint8 (N, 64) -> float32 (N, 64)."""
    # Not numpy's product: its threads fight with the service's own, and wait ten times as long as they work.
    return cv2.gemm(blocks.astype(np.float32), _DCT_TRANSPOSED, 1, None, 0)


def measure_noise(
    plane: Plane, guide: Plane | None = None, max_blocks: int = 12000, silent_sigma: float = 0.0
) -> NoiseProfile:
    """Measure the noise of a plane.

    Args:
        plane: uint8 (H, W).
        guide: Plane whose brightness the noise depends on, uint8 (H, W); the plane itself when None.
        max_blocks: Blocks that are looked at.
        silent_sigma: Noise up to this is given as 0, which spares most of the work on most photos.

    Returns:
        The profile; sigma 0 when the plane is too small or clipped to tell.
    """
    blocks = sample_blocks(plane, max_blocks)
    clipped = cv2.inRange(blocks, 1, 254) if len(blocks) else blocks
    keep = clipped.mean(axis=1) >= 255 * (1 - CLIPPED_SHARE)
    if keep.sum() < MIN_BLOCKS:
        return _silent()
    coefficients = transform_blocks(blocks[keep])
    seen = blocks if guide is None else sample_blocks(guide, max_blocks)
    brightness = seen[keep].mean(axis=1, dtype=np.float32)
    energies = cv2.multiply(coefficients, coefficients)
    activity, noisiness = cv2.gemm(energies, _GROUPS, 1, None, 0).T
    bound = _bound(noisiness, brightness)
    if bound <= silent_sigma:
        return _silent()

    centres, variances, counts, flats = [], [], [], []
    bins = np.minimum((brightness * (BINS / 256)).astype(int), BINS - 1)
    for index in range(BINS):
        inside = np.flatnonzero(bins == index)
        count = int(len(inside) * FLAT_SHARE)
        if count < MIN_BLOCKS:
            continue
        flat = inside[np.argpartition(activity[inside], count)[:count]]
        centres.append(float(brightness[flat].mean()))
        variances.append(float(noisiness[flat].mean()))
        counts.append(count)
        flats.append(flat)
    if not flats:
        count = max(1, int(len(activity) * FLAT_SHARE))
        flats = [np.argpartition(activity, count - 1)[:count]]
        centres, variances, counts = [127.5], [float(noisiness[flats[0]].mean())], [count]

    deviations = np.sqrt(np.array(variances))
    apparent = float(np.average(deviations, weights=counts))
    sigma = min(apparent, bound)
    if sigma <= 0:
        return _silent()
    factors = np.clip(deviations / apparent, 1 / LEVEL_RANGE, LEVEL_RANGE)
    by_code = np.interp(np.arange(256), centres, factors).astype(np.float32)
    spectrum = np.zeros(BLOCK_PX**2)
    for flat, factor in zip(flats, factors, strict=True):
        spectrum += energies[flat].sum(axis=0) / factor**2
    spectrum *= (sigma / apparent) ** 2 / sum(counts)
    spectrum[_SELECTION] /= SELECTION_BIAS
    spectrum[0] = spectrum[1]
    return NoiseProfile(sigma, by_code, np.sqrt(spectrum).reshape(BLOCK_PX, BLOCK_PX).astype(np.float32))


def _bound(noisiness: NDArray[np.float32], brightness: NDArray[np.float32]) -> float:
    """Most noise in codes that the photo can have, from its quietest blocks; 0 when those tell of texture."""
    low, high = NEAR_CLIPPING
    chosen = noisiness[(brightness > low) & (brightness < high)]
    if len(chosen) < MIN_BLOCKS:
        chosen = noisiness
    ranks = [int(len(chosen) * quantile) for quantile in (STEADY_QUANTILES[0], FLOOR_QUANTILE, STEADY_QUANTILES[1])]
    quiet, floor, common = (float(np.sqrt(q)) for q in np.partition(chosen, ranks)[ranks])
    if common == 0:
        return 0.0
    texture, noise = STEADY_RATIO
    trust = min(1.0, max(0.0, (quiet / common - texture) / (noise - texture)))
    return FLOOR_FACTOR * floor * trust


def _silent() -> NoiseProfile:
    return NoiseProfile(0.0, np.ones(256, np.float32), np.zeros((BLOCK_PX, BLOCK_PX), np.float32))
