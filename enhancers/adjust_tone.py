"""The tone and colour sliders of the manual adjustments."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.color import LUMA_WEIGHTS_LINEAR, SRGB_TO_LINEAR, encode_srgb
from imaging.image import Image, Plane

_MID_GREY = 0.461  # sRGB code, in [0, 1], of 18 % reflectance
_D65_MIREDS = 1e6 / 6504
_MIREDS = 60.0  # at temperature 100: 6504 K to 4680 K; at -100 to 10700 K. Equal mireds look equal (Judd 1933)
_TINT = 0.25  # natural log of green at tint 100
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # BT.601, of encoded RGB
_GUIDE_PX = 320  # the light of a room has no finer structure than its edges, which the full-size luma gives
_GUIDE_EPSILON = 0.01  # variance of codes in [0, 1], so that a step of a fifth is an edge (He et al.: 0.01 to 0.16)
_STRIP_PX = 1 << 15  # the float planes of a strip stay in the second-level cache


def tone_tables(exposure_ev: float, contrast: float, temperature: float, tint: float) -> Image:
    """Return one lookup table per channel for everything that is a function of the pixel alone, uint8 (1, 256, 3).

    Args:
        exposure_ev: EV.
        contrast: In [-1, 1].
        temperature: In [-1, 1], positive is warmer.
        tint: In [-1, 1], positive is magenta.
    """
    gains = temperature_gains(temperature) * np.exp(np.array([0, -_TINT * tint, 0]))
    gains /= float(LUMA_WEIGHTS_LINEAR @ gains)
    light = SRGB_TO_LINEAR[:, None].astype(np.float64) * gains * 2.0**exposure_ev
    encoded = encode_srgb(_shoulder(light, exposure_ev))
    return np.rint(255 * _contrast(encoded, contrast)).astype(np.uint8)[None]


def temperature_gains(temperature: float) -> NDArray[np.float64]:
    """Return the gains of linear R, G, B that make a photo warmer (positive) or colder, float64 (3,).

    The ratio of two Planckian radiators in linear sRGB, by the cubic fit of Kim et al. (US patent 7024034, 2006) to the
    Planckian locus, in equal steps of mireds.
    """
    return planckian_rgb(_D65_MIREDS + _MIREDS * temperature) / planckian_rgb(_D65_MIREDS)


def planckian_rgb(mireds: float) -> NDArray[np.float64]:
    """Return linear sRGB of a Planckian radiator at a reciprocal temperature, float64 (3,), luminance 1."""
    t = mireds / 1000  # 1000 / T
    if t > 1 / 4:
        x = -0.2661239 * t**3 - 0.2343589 * t**2 + 0.8776956 * t + 0.179910
    else:
        x = -3.0258469 * t**3 + 2.1070379 * t**2 + 0.2226347 * t + 0.240390
    # The coefficients for 2222 K to 4000 K and for 4000 K to 25000 K.
    a, b, c, d = (-0.9549476, -1.37418593, 2.09137015, -0.16748867) if t > 1 / 4 else (
        3.0817580, -5.87338670, 3.75112997, -0.37001483)  # fmt: skip
    y = a * x**3 + b * x**2 + c * x + d
    xyz = np.array([x / y, 1.0, (1 - x - y) / y])
    to_srgb = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])
    return np.maximum(to_srgb @ xyz, 1e-3)


def _shoulder(light: NDArray[np.float64], exposure_ev: float) -> NDArray[np.float64]:
    """Roll off what exposure lifts over white: exponential above a knee, white stays white.

    The knee comes down from 1 to 0.5 over the first EV, so that a small lift changes only the brightest.
    """
    if exposure_ev <= 0:
        return light
    knee = 1 - 0.5 * min(1.0, exposure_ev)

    def roll(value: NDArray[np.float64]) -> NDArray[np.float64]:
        return knee + (1 - knee) * -np.expm1(-np.maximum(value - knee, 0) / (1 - knee))

    white = float(roll(np.array(2.0**exposure_ev)))
    # Divided above the knee only, so that the curve stays smooth there and ends at 1.
    return np.where(light <= knee, light, knee + (roll(light) - knee) * (1 - knee) / (white - knee))


def _contrast(encoded: NDArray[np.float64], contrast: float) -> NDArray[np.float64]:
    """Bend codes about mid grey: two power curves that meet there for more, a straight line towards it for less."""
    if contrast <= 0:
        return encoded + (encoded - _MID_GREY) * 0.5 * contrast
    power = 2.0**contrast
    low = _MID_GREY * (np.minimum(encoded, _MID_GREY) / _MID_GREY) ** power
    high = 1 - (1 - _MID_GREY) * ((1 - np.maximum(encoded, _MID_GREY)) / (1 - _MID_GREY)) ** power
    return np.where(encoded < _MID_GREY, low, high)


def relight(image: Image, shadows: float, highlights: float) -> Image:
    """Return the photo with its dark or bright regions moved, each pixel by the light of its surroundings.

    The light is the self-guided filter of luma: coefficients on a small copy, applied to full-size luma (He and Sun,
    "Fast guided filter", 2015), so that edges stay where they are and texture is kept.

    Args:
        image: uint8 RGB (H, W, 3).
        shadows: In [-1, 1]; up to 3 EV at black, for what is darker than 60 % of white.
        highlights: In [-1, 1]; up to 1 EV, for what is brighter than 35 %.
    """
    codes = np.arange(256) / 255
    dark = np.square(np.maximum(1 - codes / 0.6, 0))
    bright = np.square(np.maximum((codes - 0.35) / 0.65, 0))
    gain = 2.0 ** ((3.0 * shadows * dark + 1.0 * highlights * bright) / 2.2)  # EV of light, on encoded values
    table = np.rint(gain / gain.max() * 255).astype(np.uint8)
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    gains = cv2.LUT(_surroundings(luma), table)
    return cv2.multiply(image, cv2.cvtColor(gains, cv2.COLOR_GRAY2RGB), scale=float(gain.max()) / 255)


def _surroundings(luma: Plane) -> Plane:
    """Return the edge-aware mean of a luma plane, uint8 of the same shape."""
    height, width = luma.shape
    scale = min(1.0, _GUIDE_PX / max(height, width))
    small_size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(luma, small_size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    side = max(small_size) // 12 | 1
    mean = cv2.blur(small, (side, side))
    variance = np.maximum(cv2.blur(small * small, (side, side)) - mean * mean, 0)
    slope = variance / (variance + np.float32(_GUIDE_EPSILON))
    offset = mean - slope * mean
    slope, offset = (
        cv2.resize(cv2.blur(plane, (side, side)), (width, height), interpolation=cv2.INTER_LINEAR)
        for plane in (slope, offset * 255)
    )
    return cv2.convertScaleAbs(cv2.add(cv2.multiply(slope, luma, dtype=cv2.CV_32F), offset))


def saturate(image: Image, amount: float) -> Image:
    """Return the photo with its colours moved from or to grey of the same luma.

    Args:
        image: uint8 RGB (H, W, 3).
        amount: In [-1, 1]; -1 is grey. Above 0, colours that are strong already gain less (vibrance), and none more
            than fits: all three channels of a pixel move by one factor, so that its hue and luma stay.
    """
    if amount < 0:
        grey = np.tile(_LUMA, (3, 1))
        return cv2.transform(image, grey * -amount + np.eye(3, dtype=np.float32) * (1 + amount))
    out = np.empty_like(image)
    rows = max(1, _STRIP_PX // image.shape[1])
    for top in range(0, image.shape[0], rows):
        _vibrance(image[top : top + rows], amount, out[top : top + rows])
    return out


def _vibrance(strip: Image, amount: float, out: Image) -> None:
    """Write `strip`, uint8 (h, W, 3), with its chroma scaled up into `out`."""
    codes = strip.astype(np.float32)
    red, green, blue = planes = cv2.split(codes)
    luma = np.dot(codes, _LUMA)
    highest, lowest = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    saturation = (highest - lowest) / np.maximum(highest, 1)
    wanted = amount - 0.7 * amount * saturation
    room = np.minimum((255 - luma) / np.maximum(highest - luma, 0.5), luma / np.maximum(luma - lowest, 0.5))
    factor = np.minimum(wanted, np.maximum(room - 1, 0))
    moved = [plane + (plane - luma) * factor for plane in planes]
    cv2.merge([np.clip(np.rint(plane), 0, 255).astype(np.uint8) for plane in moved], dst=out)
