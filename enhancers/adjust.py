"""Manual adjustments: the sliders of a photo editor, applied in the order in which raw converters apply them.

Noise is reduced first, while it still looks as the sensor left it; then exposure, temperature, tint and contrast in one
lookup table; shadows and highlights locally; saturation; the turn; and sharpening last, on the pixels that are kept.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType

import cv2

from enhancers.adjust_detail import reduce_noise, sharpen
from enhancers.adjust_tone import relight, saturate, tone_tables
from enhancers.rotation import rotate
from imaging.codec import Photo
from imaging.errors import InvalidParameterError
from imaging.image import Image

RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "exposure": (-4.0, 4.0),
        "contrast": (-100.0, 100.0),
        "saturation": (-100.0, 100.0),
        "shadows": (-100.0, 100.0),
        "highlights": (-100.0, 100.0),
        "temperature": (-100.0, 100.0),
        "tint": (-100.0, 100.0),
        "sharpness": (0.0, 100.0),
        "noise_reduction": (0.0, 100.0),
        "angle": (-45.0, 45.0),
    }
)
"""Lowest and highest value of each adjustment, in the order of `Adjustments`; 0 always changes nothing."""


@dataclass(frozen=True, slots=True)
class Adjustments:
    """What the sliders say. All default to 0, which changes nothing.

    Attributes:
        exposure: Brighter or darker, EV, in [-4, 4]; highlights roll off.
        contrast: In [-100, 100]; about mid grey, black and white stay.
        saturation: In [-100, 100]; -100 is grey. What is colourful already gains less, and no hue shifts by clipping.
        shadows: In [-100, 100]; positive opens them, by their surroundings rather than pixel by pixel.
        highlights: In [-100, 100]; negative brings them down.
        temperature: In [-100, 100]; positive is warmer, along the Planckian locus.
        tint: In [-100, 100]; positive towards magenta, negative towards green.
        sharpness: In [0, 100].
        noise_reduction: In [0, 100]; of brightness and, more strongly, of colour.
        angle: Clockwise turn, degrees, in [-45, 45]; cropped so that no corner is empty.

    Raises:
        InvalidParameterError: A value lies outside its range or is no number.
    """

    exposure: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    shadows: float = 0.0
    highlights: float = 0.0
    temperature: float = 0.0
    tint: float = 0.0
    sharpness: float = 0.0
    noise_reduction: float = 0.0
    angle: float = 0.0

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            low, high = RANGES[name]
            if not (math.isfinite(value) and low <= value <= high):
                raise InvalidParameterError(f"{name} must be a number from {low:g} to {high:g}, not {value:g}")


def adjust(image: Image, adjustments: Adjustments) -> Image:
    """Return the adjusted photo.

    Args:
        image: uint8 RGB (H, W, 3); never changed.
        adjustments: What to do; `Adjustments()` gives the very same object back.

    Returns:
        uint8 RGB (H, W, 3), smaller if it was turned.
    """
    a = adjustments
    if a.noise_reduction:
        image = reduce_noise(image, a.noise_reduction / 100)
    if a.exposure or a.contrast or a.temperature or a.tint:
        image = cv2.LUT(image, tone_tables(a.exposure, a.contrast / 100, a.temperature / 100, a.tint / 100))
    if a.shadows or a.highlights:
        image = relight(image, a.shadows / 100, a.highlights / 100)
    if a.saturation:
        image = saturate(image, a.saturation / 100)
    if a.angle:
        image = rotate(image, a.angle)
    if a.sharpness:
        image = sharpen(image, a.sharpness / 100)
    return image


def adjust_photo(photo: Photo, adjustments: Adjustments) -> Photo:
    """Return the adjusted photo with its transparency, turned along, and its metadata."""
    alpha = photo.alpha
    if alpha is not None and adjustments.angle:
        alpha = rotate(alpha, adjustments.angle)
    return replace(photo, image=adjust(photo.image, adjustments), alpha=alpha)
