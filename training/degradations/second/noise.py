"""Noise of the second family: made in the raw data of several cameras and developed, or added to codes."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.color import encode_srgb, srgb_to_linear
from imaging.image import Image
from training.degradations.camera import Linear, between
from training.degradations.second.compression import as_jpeg

MIN_MOSAIC_PX = 16
"""Shortest side of a photo that goes through a colour mosaic."""

XYZ_TO_CAMERA = (
    ((1.0234, -0.2969, -0.2266), (-0.5625, 1.6328, -0.0469), (-0.0703, 0.2188, 0.6406)),
    ((0.4913, -0.0541, -0.0202), (-0.6130, 1.3513, 0.2906), (-0.1564, 0.2151, 0.7183)),
    ((0.8380, -0.2630, -0.0639), (-0.2887, 1.0725, 0.2496), (-0.0627, 0.1427, 0.5438)),
    ((0.6596, -0.2079, -0.0562), (-0.4782, 1.3016, 0.1933), (-0.0970, 0.1581, 0.5181)),
)
"""Matrices of four cameras (Brooks et al., "Unprocessing images for learned raw denoising", CVPR 2019)."""

RGB_TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
"""Of linear sRGB (IEC 61966-2-1)."""

READ_OF_SHOT = (2.18, 1.20, 0.26)
"""Slope, offset and spread of the logarithm of read noise over that of shot noise, both variances (Brooks et al.)."""

CODES = np.linspace(0, 1, 4096)


def noisy(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Noise of a raw file as a phone or camera develops it or, one time in five, white noise of the codes."""
    if rng.random() < 0.2:
        codes = image + _code_noise(image.shape[:2], between(severity, 3, 28) * float(rng.uniform(0.7, 1.2)), rng)
    elif rng.random() < 0.5 and min(image.shape[:2]) >= 3 * MIN_MOSAIC_PX:
        # As by digital zoom or a sensor with fewer pixels than its photos have: grain is coarser than a pixel.
        height, width = image.shape[:2]
        scale = float(rng.uniform(1.2, 3.0))
        small = cv2.resize(image, (round(width / scale), round(height / scale)), interpolation=cv2.INTER_AREA)
        grain = _developed_noise(small, severity, rng)
        codes = image + cv2.resize(grain, (width, height), interpolation=cv2.INTER_CUBIC)
    else:
        codes = image + _developed_noise(image, severity, rng)
    photo = np.rint(np.clip(codes, 0, 255)).astype(np.uint8)
    return as_jpeg(photo, int(rng.integers(80, 99)), rng) if rng.random() < 0.8 else photo


def _code_noise(shape: tuple[int, int], sigma: float, rng: np.random.Generator) -> Linear:
    """White noise in codes, one time in four of brightness alone, one in four a little smoothed."""
    grain = rng.standard_normal((*shape, 3), np.float32)
    draw = rng.random()
    if draw < 0.25:
        grain[:] = grain[..., :1]
    elif draw < 0.5:
        grain = cv2.GaussianBlur(grain, (0, 0), float(rng.uniform(0.4, 0.9)))
        sigma = sigma / max(float(grain.std()), 0.1)
    return np.float32(max(sigma, 0)) * grain


def _developed_noise(image: Image, severity: float, rng: np.random.Generator) -> Linear:
    """What the noise of a raw file adds to the codes of a photo, float32 (H, W, 3).

    The photo is developed backwards to raw data, gets noise of an ISO there, and is developed again. Demosaicing is
    applied to the noise, guided by nothing, so that errors of demosaicing itself stay out.
    """
    shot = float(np.exp(between(severity, *np.log((0.0005, 0.012)))) * rng.uniform(0.6, 1.4))
    slope, offset, spread = READ_OF_SHOT
    read = float(np.exp(slope * np.log(shot) + offset + spread * rng.standard_normal()))
    contrast = float(rng.uniform(0, 1)) if rng.random() < 0.7 else 0.0
    light = srgb_to_linear(np.rint(255 * _without_contrast(image / 255, contrast)).astype(np.uint8))
    to_camera = np.array(XYZ_TO_CAMERA[int(rng.integers(len(XYZ_TO_CAMERA)))]) @ np.array(RGB_TO_XYZ)
    to_camera /= to_camera.sum(axis=1, keepdims=True)
    gains = np.array([rng.uniform(1.6, 2.5), 1.0, rng.uniform(1.4, 2.2)])
    raw = np.maximum(light @ (to_camera / gains[:, None]).T, 0).astype(np.float32)
    noise = np.sqrt(shot * raw + read) * rng.standard_normal(raw.shape, np.float32)
    if min(image.shape[:2]) >= MIN_MOSAIC_PX:
        noise = _demosaiced(noise, edge_aware=bool(rng.random() < 0.5))
    noise = noise @ (np.linalg.inv(to_camera) * gains).T
    clean, grainy = (
        (255 * _with_contrast(encode_srgb(np.clip(x, 0, 1)), contrast)).astype(np.float32)
        for x in (light, light + noise)
    )
    grain = grainy - clean
    if rng.random() < 0.35:
        # Noise reduction that looks at edges leaves worms along them, and spots.
        codes = float(rng.uniform(1, 3)) * max(float(grain.std()), 1.0)
        size_px = float(rng.uniform(1, 3))
        grain = cv2.bilateralFilter(clean + grain, 5, codes, size_px) - cv2.bilateralFilter(clean, 5, codes, size_px)
    return _finished(grain, rng)


def _with_contrast(codes: NDArray[np.floating], amount: float) -> NDArray[np.floating]:
    """An S-curve as cameras apply: a share of the smooth step 3x^2 - 2x^3."""
    return (1 - amount) * codes + amount * (3 - 2 * codes) * codes**2


def _without_contrast(codes: NDArray[np.floating], amount: float) -> NDArray[np.floating]:
    return np.interp(codes, _with_contrast(CODES, amount), CODES)


def _demosaiced(noise: Linear, *, edge_aware: bool) -> Linear:
    """The noise of a mosaic (RGGB) of these three planes after demosaicing, float32 (H, W, 3)."""
    mosaic = np.empty(noise.shape[:2], np.float32)
    for row, column, channel in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 2)):
        mosaic[row::2, column::2] = noise[row::2, column::2, channel]
    largest = max(float(np.abs(mosaic).max()), 1e-6)
    codes = np.rint((mosaic / largest + 1) * 32767).astype(np.uint16)
    way = cv2.COLOR_BayerRGGB2RGB_EA if edge_aware else cv2.COLOR_BayerRGGB2RGB
    return (cv2.cvtColor(codes, way).astype(np.float32) / 32767 - 1) * np.float32(largest)


def _finished(noise: Linear, rng: np.random.Generator) -> Linear:
    """What noise reduction and sharpening in the camera leave of noise in codes."""
    draw = rng.random()
    if draw < 0.45:
        # Phones smooth colour most, which leaves blotches, and blend smoothed brightness with the grain.
        luma = noise @ np.array([0.299, 0.587, 0.114], np.float32)
        blotch_px = float(rng.uniform(1.5, 5))
        chroma = cv2.GaussianBlur(noise - luma[..., None], (0, 0), blotch_px) * float(rng.uniform(1, 1 + blotch_px))
        kept = float(rng.uniform(0.3, 1))
        luma = kept * luma + (1 - kept) * cv2.GaussianBlur(luma, (0, 0), float(rng.uniform(0.8, 2)))
        noise = luma[..., None] + chroma
    if rng.random() < 0.4:
        noise = noise + float(rng.uniform(0.3, 1.2)) * (noise - cv2.GaussianBlur(noise, (0, 0), 1.2))
    return noise
