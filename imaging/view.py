"""A photo at viewing size: the small copy that defects are judged on, with the features many of them share."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar, cast

import cv2
import numpy as np

from imaging.defects import Defect
from imaging.image import Image, Plane
from imaging.measures.tilt import Tilt, measure_tilt

Measured = TypeVar("Measured")

MIN_LONG_SIDE_PX = 640
"""The view is the smallest 1/1, 1/2, 1/4 or 1/8 of a photo whose long side is still this long: a screen's worth of
pixels. What cannot be seen at that size is no defect of a listing photo, and JPEG decodes to these scales cheaply."""

THUMBNAIL_SIDE_PX = 160
"""Long side of the thumbnail that tone and colour are judged on."""


FINE_DETAIL = frozenset({Defect.BLUR, Defect.NOISY, Defect.JPEG_ARTIFACTS})
"""Defects that live in the finest detail a view has. The others hardly mind how the view was reduced."""

SAMPLED_SIDE_PX = (256, 512)
"""Long side of `small_copy`: at least, and at most."""

SAMPLED_REDUCTION = 8
"""It has one pixel for so many of a photo, each way, between these bounds."""


def small_copy(image: Image) -> Image:
    """Return a copy that is sampled, not averaged, uint8 RGB (h, w, 3): cheap, and most extremes of the tones stay."""
    height, width = image.shape[:2]
    long_side = max(height, width)
    least, most = SAMPLED_SIDE_PX
    side = min(most, max(least, long_side // SAMPLED_REDUCTION))
    if long_side <= side:
        return image
    size = (max(1, round(width * side / long_side)), max(1, round(height * side / long_side)))
    return cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)


def view_factor(width: int, height: int) -> int:
    """Return the reduction (1, 2, 4 or 8) between a photo of that size and its view."""
    long_side = max(width, height)
    return next((n for n in (8, 4, 2) if long_side // n >= MIN_LONG_SIDE_PX), 1)


_OPAQUE = 250
"""Opacity from which a pixel counts as opaque: JPEG-like codecs blur it a little."""


def _filled(image: Image, alpha: Plane) -> Image:
    """Return the photo with transparent pixels as the mean of the opaque ones; as it is where none is opaque."""
    hidden = alpha < _OPAQUE
    if not hidden.any() or hidden.all():
        return image
    filled = image.copy()
    filled[hidden] = np.rint(cv2.mean(image, cv2.bitwise_not(hidden.view(np.uint8) * np.uint8(255)))[:3])
    return filled


class View:
    """A reduced photo and features computed from it at most once.

    Attributes:
        image: The reduced photo.
        factor: Full-size pixels per pixel of `image` along one side (1, 2, 4 or 8).
        jpeg_quality: Quality of the file in [1, 100] as its quantisation tables tell it (IJG scale); None when
            the file is no JPEG or when the view was made from pixels.
        transparent_share: Share of the pixels that are more or less transparent, in [0, 1].
    """

    def __init__(
        self, image: Image, factor: int = 1, jpeg_quality: int | None = None, alpha: Plane | None = None
    ) -> None:
        """Make a view of its pixels.

        Args:
            image: The reduced photo, uint8 RGB (H, W, 3).
            factor: Full-size pixels per pixel.
            jpeg_quality: As the attribute.
            alpha: Opacity of the pixels, uint8 (H, W); None where all are opaque. No measure sees what is transparent.
        """
        self.image = image if alpha is None else _filled(image, alpha)
        self.factor = factor
        self.jpeg_quality = jpeg_quality
        self.transparent_share = 0.0 if alpha is None else float((alpha < _OPAQUE).mean())
        self._measured: dict[Callable[[View], Any], Any] = {}

    @classmethod
    def of(cls, image: Image, interpolation: int = cv2.INTER_AREA, alpha: Plane | None = None) -> View:
        """Make the view of full-size pixels, shape (H, W, 3), and their opacity, (H, W).

        `cv2.INTER_LINEAR` samples instead of averaging: an eighth of the cost at 12 MP, and as good for tone and lines.
        """
        height, width = image.shape[:2]
        factor = view_factor(width, height)
        if factor == 1:
            return cls(image, alpha=alpha)
        size = (max(1, width // factor), max(1, height // factor))
        # Whole blocks of pixels are averaged: at an uneven ratio noise and edges would be smoothed once more.
        rows, columns = max(1, height // factor * factor), max(1, width // factor * factor)
        small_alpha = None if alpha is None else cv2.resize(alpha[:rows, :columns], size, interpolation=interpolation)
        return cls(cv2.resize(image[:rows, :columns], size, interpolation=interpolation), factor, alpha=small_alpha)

    @classmethod
    def for_defect(cls, defect: Defect, image: Image, alpha: Plane | None = None) -> View:
        """Make the view that a defect is judged and estimated on, of full-size pixels, shape (H, W, 3)."""
        return cls.of(image, cv2.INTER_AREA if defect in FINE_DETAIL else cv2.INTER_LINEAR, alpha)

    def once(self, measure: Callable[[View], Measured]) -> Measured:
        """Return `measure(view)`, computed when it is asked for first."""
        if measure not in self._measured:
            self._measured[measure] = measure(self)
        return cast(Measured, self._measured[measure])

    @cached_property
    def luma(self) -> Plane:
        """BT.601 luma of the view, uint8 (H, W)."""
        return cv2.cvtColor(self.image, cv2.COLOR_RGB2GRAY)

    @cached_property
    def thumbnail(self) -> Image:
        """The view at a long side of at most `THUMBNAIL_SIDE_PX`, averaged, uint8 (h, w, 3)."""
        height, width = self.image.shape[:2]
        scale = THUMBNAIL_SIDE_PX / max(height, width)
        if scale >= 1:
            return self.image
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        image = self.image
        # Averaging at an uneven ratio is thirty times slower than halving even sides: halve as far as that goes.
        while max(image.shape[:2]) >= 2 * THUMBNAIL_SIDE_PX and min(image.shape[:2]) >= 2:
            half = (image.shape[1] // 2, image.shape[0] // 2)
            image = cv2.resize(image[: 2 * half[1], : 2 * half[0]], half, interpolation=cv2.INTER_AREA)
        return cv2.resize(image, size, interpolation=cv2.INTER_AREA)

    @cached_property
    def tilt(self) -> Tilt:
        """How far the camera was tilted."""
        return measure_tilt(self.luma)
