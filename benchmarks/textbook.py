"""Textbook operators for each defect: what a learned repair has to beat.

Each is set up as its authors or common practice say, and knows no more of the damage than the repair does. Where an
operator has one number that decides, several of its values compete.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.color import linear_to_srgb, luminance, srgb_to_linear
from imaging.defects import Defect
from imaging.image import Image

Operator = Callable[[Image], Image]
_Array = NDArray[np.float32]

MID_GREY = 0.5
"""Mean of encoded luma that automatic gamma aims at."""


def gain_to_white(image: Image, percentile: float = 98) -> Image:
    """Gain in linear light that brings a high percentile of luminance to white."""
    light = srgb_to_linear(image)
    white = float(np.percentile(luminance(light), percentile))
    return linear_to_srgb(light * np.float32(max(1.0, 1 / max(white, 1e-3))))


def gain_to_key(image: Image, key: float = 0.18) -> Image:
    """Gain in linear light that brings the geometric mean to the photographic key (Reinhard et al., SIGGRAPH 2002)."""
    light = srgb_to_linear(image)
    mean = float(np.exp(np.log(np.maximum(luminance(light), 1e-3)).mean()))
    return linear_to_srgb(light * np.float32(key / mean))


def gamma(image: Image, exponent: float) -> Image:
    """A power of the codes; above 1 darkens."""
    return cv2.LUT(image, np.rint(255 * (np.arange(256) / 255) ** exponent).astype(np.uint8))


def gamma_to_mid_grey(image: Image) -> Image:
    """The power of the codes that brings the mean luma to mid grey."""
    luma = np.maximum(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), 1) / 255
    low, high = 0.05, 8.0
    for _ in range(20):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if np.mean(luma**middle) > MID_GREY else (low, middle)
    return gamma(image, (low * high) ** 0.5)


def illumination_map(image: Image, exponent: float = 0.8) -> Image:
    """LIME (Guo, Li, Ling, "Low-Light Image Enhancement via Illumination Map Estimation", TIP 2017).

    The map is refined by a guided filter, as later practice does, instead of their optimisation.
    """
    codes = image.astype(np.float32) / 255
    brightest = codes.max(axis=2)
    radius = max(image.shape) // 32
    light = np.clip(guided_filter(brightest, brightest, radius, 1e-3), 0.05, 1)
    return _codes(codes / light[..., None] ** np.float32(exponent))


def equalise(image: Image) -> Image:
    """CLAHE of the luma (Zuiderveld, Graphics Gems IV, 1994)."""
    planes = list(cv2.split(cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb)))
    planes[0] = cv2.createCLAHE(2.0, (8, 8)).apply(planes[0])
    return cv2.cvtColor(cv2.merge(planes), cv2.COLOR_YCrCb2RGB)


def stretch(image: Image, percent: float = 1.0, per_channel: bool = False) -> Image:
    """Percentile stretch: one affine map of the codes, or one for each channel."""
    axis = (0, 1) if per_channel else None
    low, high = np.percentile(image, (percent, 100 - percent), axis=axis)
    return _codes((image - low) / np.maximum(high - low, 1))


def balance(image: Image, norm: float, edges: bool = False) -> Image:
    """Von Kries gains from the Minkowski norm of each channel, in linear light.

    Norm 1 is grey world, 6 shades of grey (Finlayson and Trezzi, CIC 2004), a high one white patch; of gradients it is
    grey edge (van de Weijer et al., TIP 2007). Exposure is kept.
    """
    light = srgb_to_linear(image)
    usable = (image.max(axis=2) < 250) & (image.max(axis=2) > 8)
    seen = light
    if edges:
        smooth = cv2.GaussianBlur(light, (0, 0), 1.0)
        seen = cv2.magnitude(cv2.Sobel(smooth, -1, 1, 0), cv2.Sobel(smooth, -1, 0, 1))
    if not usable.any():
        return image
    strength = np.mean(seen[usable].astype(np.float64) ** norm, axis=0) ** (1 / norm)
    gains = strength.mean() / np.maximum(strength, 1e-6)
    balanced = (light * gains).astype(np.float32)
    return linear_to_srgb(balanced * np.float32(luminance(light).mean() / max(luminance(balanced).mean(), 1e-6)))


def dark_channel(image: Image) -> Image:
    """Dark channel prior (He, Sun, Tang, CVPR 2009), refined by a guided filter (He et al., TPAMI 2013)."""
    haze = image.astype(np.float32) / 255
    patch = np.ones((15, 15), np.uint8)
    dark = cv2.erode(haze.min(axis=2), patch)
    brightest = np.argsort(dark.ravel())[-max(1, dark.size // 1000) :]
    air = np.maximum(haze.reshape(-1, 3)[brightest].mean(axis=0), 0.1)
    transmission = 1 - 0.95 * cv2.erode((haze / air).min(axis=2), patch)
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    transmission = np.clip(guided_filter(grey, transmission, 60, 1e-3), 0.1, 1)[..., None]
    return _codes((haze - air) / transmission + air)


def guided_filter(guide: _Array, plane: _Array, radius: int, epsilon: float) -> _Array:
    """Smooth a plane along the edges of a guide (He et al., TPAMI 2013), all float32 (H, W)."""
    size = 2 * radius + 1, 2 * radius + 1
    guide_mean, plane_mean = cv2.blur(guide, size), cv2.blur(plane, size)
    slope = cv2.blur(guide * plane, size) - guide_mean * plane_mean
    slope /= cv2.blur(guide * guide, size) - guide_mean**2 + epsilon
    return cv2.blur(slope, size) * guide + cv2.blur(plane_mean - slope * guide_mean, size)


def noise_sigma(image: Image) -> float:
    """Noise of the luma in codes, by the median of diagonal Haar details (Donoho and Johnstone, 1994)."""
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    height, width = (side // 2 * 2 for side in luma.shape)
    a, b = luma[0:height:2, 0:width:2], luma[0:height:2, 1:width:2]
    c, d = luma[1:height:2, 0:width:2], luma[1:height:2, 1:width:2]
    return float(np.median(np.abs(a - b - c + d)) / 2 / 0.6745)


def non_local_means(image: Image, share: float) -> Image:
    """Non-local means (Buades et al., CVPR 2005), luma and chroma, by a share of the noise measured in the photo."""
    strength = share * noise_sigma(image)
    return cv2.fastNlMeansDenoisingColored(image, None, strength, strength, 5, 15) if strength > 0 else image


def bilateral(image: Image, codes: float, sigma_px: float = 2.0) -> Image:
    """Bilateral filter (Tomasi and Manduchi, ICCV 1998)."""
    return cv2.bilateralFilter(image, 5, codes, sigma_px)


def reapply_jpeg(image: Image, quality: int) -> Image:
    """The mean of shifted JPEGs of the JPEG (Nosratinia, "Enhancement of JPEG-Compressed Images by Re-application of
    JPEG", J. VLSI Signal Processing 2001): 16 of the 64 shifts."""
    total = np.zeros(image.shape, np.float32)
    for down in range(0, 8, 2):
        for right in range(0, 8, 2):
            shifted = cv2.copyMakeBorder(image, down, 0, right, 0, cv2.BORDER_REFLECT_101)
            _, data = cv2.imencode(".jpg", shifted, [cv2.IMWRITE_JPEG_QUALITY, quality])
            again = cv2.imdecode(data, cv2.IMREAD_COLOR)
            assert again is not None, "a JPEG just encoded can be decoded"
            total += again[down:, right:]
    return np.rint(total / 16).astype(np.uint8)


def unsharp_mask(image: Image, sigma_px: float, amount: float) -> Image:
    """Unsharp masking."""
    return cv2.addWeighted(image, 1 + amount, cv2.GaussianBlur(image, (0, 0), sigma_px), -amount, 0)


def wiener(image: Image, sigma_px: float, noise: float = 0.01) -> Image:
    """Wiener deconvolution of a Gaussian of fixed width."""
    border = round(8 * sigma_px)
    codes = cv2.copyMakeBorder(image, border, border, border, border, cv2.BORDER_REFLECT_101).astype(np.float32) / 255
    height, width = codes.shape[:2]
    frequencies = np.fft.fftfreq(height)[:, None] ** 2 + np.fft.rfftfreq(width)[None, :] ** 2
    response = np.exp(-2 * (np.pi * sigma_px) ** 2 * frequencies)
    gain = (response / (response**2 + noise))[..., None] * (1 + noise)
    sharp = np.fft.irfft2(np.fft.rfft2(codes, axes=(0, 1)) * gain, (height, width), axes=(0, 1))
    return _codes(sharp[border:-border, border:-border])


def _codes(values: NDArray[np.floating]) -> Image:
    return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)


TEXTBOOK: Mapping[Defect, Mapping[str, Operator]] = {
    Defect.LOW_LIGHT: {
        "gain to 98th percentile": gain_to_white,
        "gamma to mid grey": gamma_to_mid_grey,
        "illumination map (LIME)": illumination_map,
    },
    Defect.GLARING: {
        "gamma 1.8": partial(gamma, exponent=1.8),
        "gamma to mid grey": gamma_to_mid_grey,
        "gain to key 0.18": gain_to_key,
    },
    Defect.LOW_CONTRAST: {
        "percentile stretch": stretch,
        "percentile stretch per channel": partial(stretch, per_channel=True),
        "CLAHE": equalise,
    },
    Defect.POOR_WHITE_BALANCE: {
        "grey world": partial(balance, norm=1),
        "shades of grey": partial(balance, norm=6),
        "white patch": partial(balance, norm=20),
        "grey edge, norm 1": partial(balance, norm=1, edges=True),
        "grey edge, norm 6": partial(balance, norm=6, edges=True),
    },
    Defect.HAZY: {
        "percentile stretch": stretch,
        "percentile stretch per channel": partial(stretch, per_channel=True),
        "dark channel prior": dark_channel,
    },
    Defect.NOISY: {
        "non-local means 0.8": partial(non_local_means, share=0.8),
        "non-local means 1.2": partial(non_local_means, share=1.2),
        "bilateral 25": partial(bilateral, codes=25),
    },
    Defect.JPEG_ARTIFACTS: {
        "bilateral 12": partial(bilateral, codes=12),
        "JPEG re-applied at 15": partial(reapply_jpeg, quality=15),
        "JPEG re-applied at 30": partial(reapply_jpeg, quality=30),
    },
    Defect.BLUR: {
        "unsharp mask 1.5 px, 0.7": partial(unsharp_mask, sigma_px=1.5, amount=0.7),
        "unsharp mask 3 px, 0.7": partial(unsharp_mask, sigma_px=3, amount=0.7),
        "Wiener 1.5 px": partial(wiener, sigma_px=1.5),
        "Wiener 2.5 px": partial(wiener, sigma_px=2.5),
    },
}
"""The operators that compete for each defect, by name. Tilts are told by `hough_tilt_deg`."""


def hough_tilt_deg(image: Image) -> float:
    """Return the tilt by the median of nearly upright and nearly level lines (Canny, probabilistic Hough), degrees."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    shortest = min(grey.shape) // 8
    lines = cv2.HoughLinesP(cv2.Canny(grey, 60, 180), 1, np.pi / 720, 60, None, shortest, 4)
    if lines is None:
        return 0.0
    ends = lines.reshape(-1, 4).astype(np.float64)
    x, y = ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]
    # Folded to [-45, 45): an upright and a level line of one room lean alike. Image rows run down, hence the sign.
    lean_deg = (np.degrees(np.arctan2(-y, x)) + 45) % 90 - 45
    lean_deg = lean_deg[np.abs(lean_deg) < 15]
    return float(np.median(lean_deg)) if len(lean_deg) else 0.0
