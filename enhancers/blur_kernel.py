"""Which blur a photo went through, read from its power spectrum.

Photos have spectra that fall as a power of the frequency; defocus and motion write rings and stripes of zeros into them
(Cannon, "Blind deconvolution of spatially invariant image blurs with phase", TASSP 1976). Each candidate of a small
catalogue, Gaussians, discs and straight strokes, predicts the spectrum up to an amplitude; the one that explains the
measured spectrum best is taken. What differs from Cannon: whole spectra are fitted in place of cepstral peaks, so that
blurs without zeros compete too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.image import Plane

TILE_PX = 128
"""Side of the tiles whose spectra are averaged: strokes up to 25 px leave three stripes in it."""

MAX_TILES = 40
"""Tiles with the most detail that are averaged."""

BAND = (0.025, 0.5)
"""Frequencies that are fitted, cycles per pixel: above the leakage of the window."""

REFERENCE_FREQUENCY = 0.1
"""Where the power law is anchored; a matter of units."""

EXPONENTS = (1.8, 2.2, 2.6, 3.0)
"""Exponents of the power law that are tried (2 in the mean of photos: van der Schaaf and van Hateren, 1996)."""

MAX_MISFIT = 1.5
"""Misfits in log power are cut off here: windows and lines of the scene stand out, and are no blur."""

SAMPLES = 1500
"""Frequencies that are compared."""

NOISE_QUANTILE = 0.02
"""Quantile of the power beyond half the Nyquist frequency that stands for noise."""


def estimate_kernel(luma: Plane) -> NDArray[np.float32] | None:
    """Estimate the blur of a photo at viewing size.

    Args:
        luma: uint8 (H, W).

    Returns:
        Point spread function, float32 (n, n), n odd, symmetric, sums to 1; None when the photo is too small or empty.
    """
    power = _power_spectrum(luma)
    if power is None:
        return None
    candidates = _candidates()
    logs = np.log(power.reshape(-1)[candidates.points])
    noise = float(np.quantile(power[_radius() > BAND[1] / 2], NOISE_QUANTILE))
    best = (np.inf, 0)
    for exponent in EXPONENTS:
        expected = candidates.log_transfers - exponent * candidates.log_frequencies
        amplitudes = np.median(logs[candidates.low] - expected[:, candidates.low], axis=1)
        model = np.log(np.exp(expected + amplitudes[:, None]) + noise)
        misfits = np.minimum(np.abs(logs - model), MAX_MISFIT) @ candidates.weights
        index = int(misfits.argmin())
        if misfits[index] < best[0]:
            best = (float(misfits[index]), index)
    return candidates.kernels[best[1]]


def _power_spectrum(luma: Plane) -> NDArray[np.float64] | None:
    """Mean power spectrum of the tiles with the most detail, each normalised, (TILE_PX, TILE_PX / 2 + 1)."""
    height, width = luma.shape
    if min(height, width) < TILE_PX:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(luma, (TILE_PX, TILE_PX))
    half = TILE_PX // 2
    tiles = windows[::half, ::half].reshape(-1, TILE_PX, TILE_PX)
    detail = np.array([cv2.norm(tile[:, 1:], tile[:, :-1], cv2.NORM_L1) for tile in tiles])
    window = cv2.createHanningWindow((TILE_PX, TILE_PX), cv2.CV_32F)
    total = np.zeros((TILE_PX, half + 1))
    used = 0
    for index in np.argsort(-detail)[:MAX_TILES]:
        tile = tiles[index].astype(np.float32)
        power = np.square(np.abs(np.fft.rfft2((tile - tile.mean()) * window)))
        energy = float(power.sum())
        if energy > 0:
            total += power / energy
            used += 1
    return total / used + 1e-12 if used else None


@cache
def _radius() -> NDArray[np.float64]:
    return np.hypot(np.fft.fftfreq(TILE_PX)[:, None], np.fft.rfftfreq(TILE_PX)[None])


@dataclass(frozen=True, slots=True)
class _Candidates:
    """The catalogue, and what it predicts at the compared frequencies."""

    kernels: list[NDArray[np.float32]]
    points: NDArray[np.intp]
    log_transfers: NDArray[np.float64]
    log_frequencies: NDArray[np.float64]
    low: NDArray[np.bool_]
    weights: NDArray[np.float64]


@cache
def _candidates() -> _Candidates:
    kernels = [_gaussian(float(sigma)) for sigma in np.geomspace(0.6, 5, 14)]
    kernels += [_disc(float(radius)) for radius in np.geomspace(1.2, 9.5, 20)]
    kernels += [
        _stroke(float(length), np.radians(angle)) for length in np.geomspace(3, 26, 16) for angle in range(0, 180, 12)
    ]
    radius = _radius().reshape(-1)
    inside = np.flatnonzero((radius > BAND[0]) & (radius < BAND[1]))
    # As many points per octave as a low frequency deserves: drawn by 1 / f, with a fixed seed.
    chances = 1 / radius[inside]
    rng = np.random.default_rng(0)
    points = rng.choice(inside, min(SAMPLES, len(inside)), replace=False, p=chances / chances.sum())
    transfers = [np.abs(np.fft.rfft2(k, (TILE_PX, TILE_PX))).reshape(-1)[points] for k in kernels]
    return _Candidates(
        kernels,
        points,
        2 * np.log(np.maximum(np.stack(transfers), 1e-4)),
        np.log(radius[points] / REFERENCE_FREQUENCY),
        radius[points] < 0.07,
        np.full(len(points), 1 / len(points)),
    )


def _gaussian(sigma_px: float) -> NDArray[np.float32]:
    """A Gaussian: softness of all sorts."""
    line = cv2.getGaussianKernel(2 * int(np.ceil(3.5 * sigma_px)) + 1, sigma_px, cv2.CV_32F)
    return line @ line.T


def _disc(radius_px: float) -> NDArray[np.float32]:
    """A disc with a soft rim: defocus."""
    reach = int(np.ceil(radius_px))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius_px + 0.5 - np.hypot(x, y), 0, 1)
    return (disc / disc.sum()).astype(np.float32)


def _stroke(length_px: float, angle_rad: float) -> NDArray[np.float32]:
    """A straight stroke with soft rims: camera shake."""
    reach = int(np.ceil(length_px / 2))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    along, across = x * np.cos(angle_rad) + y * np.sin(angle_rad), y * np.cos(angle_rad) - x * np.sin(angle_rad)
    stroke = np.clip(length_px / 2 + 0.5 - np.abs(along), 0, 1) * np.clip(1 - np.abs(across), 0, 1)
    return (stroke / stroke.sum()).astype(np.float32)
