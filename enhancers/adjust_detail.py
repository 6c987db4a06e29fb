"""The sharpness and noise sliders of the manual adjustments."""

from __future__ import annotations

import cv2
import numpy as np

from imaging.image import Image

_RADIUS_PX = 1.0  # of the unsharp mask: Lightroom's default radius
_OVERSHOOT = 4  # codes by which sharpening may leave the range of a pixel's neighbours: crisp, yet no halo
_LUMA_CODES = 30.0  # deviation of noise, in codes, that noise reduction 100 takes away
_CHROMA_CODES = 60.0  # colour blotches have no detail worth keeping


def sharpen(image: Image, amount: float) -> Image:
    """Sharpen the luma by an unsharp mask that is held within the range of each pixel's neighbourhood.

    Args:
        image: uint8 RGB (H, W, 3).
        amount: In [0, 1]; 1 adds one and a half times the detail.
    """
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    soft = cv2.GaussianBlur(luma, (0, 0), _RADIUS_PX)
    gain = 1.5 * amount
    sharp = cv2.addWeighted(luma, 1 + gain, soft, -gain, 0)
    highest = cv2.add(cv2.dilate(luma, None), _OVERSHOOT)
    lowest = cv2.subtract(cv2.erode(luma, None), _OVERSHOOT)
    sharp = cv2.max(cv2.min(sharp, highest), lowest)
    # The same step on all three channels changes brightness and no colour; the two saturating steps are one signed one.
    up = cv2.cvtColor(cv2.subtract(sharp, luma), cv2.COLOR_GRAY2RGB)
    down = cv2.cvtColor(cv2.subtract(luma, sharp), cv2.COLOR_GRAY2RGB)
    return cv2.subtract(cv2.add(image, up), down)


def reduce_noise(image: Image, amount: float) -> Image:
    """Smooth within edges, by bilateral filters on luma and, at half size, on chroma (Tomasi and Manduchi, ICCV 1998).

    Args:
        image: uint8 RGB (H, W, 3).
        amount: In [0, 1].
    """
    luma, red, blue = cv2.split(cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb))
    clean = cv2.bilateralFilter(luma, 5, _LUMA_CODES * amount, 2.0)
    height, width = luma.shape
    planes = [clean]
    for chroma in (red, blue):
        half = cv2.resize(chroma, (-(-width // 2), -(-height // 2)), interpolation=cv2.INTER_AREA)
        half = cv2.bilateralFilter(half, 7, _CHROMA_CODES * amount, 3.0)
        smooth = cv2.resize(half, (width, height), interpolation=cv2.INTER_LINEAR)
        # Half-size chroma is coarser even without noise; fading it in keeps the slider continuous at 0.
        share = min(1.0, 4 * amount)
        planes.append(cv2.addWeighted(smooth, share, chroma, 1 - share, 0))
    return cv2.cvtColor(np.dstack(planes), cv2.COLOR_YCrCb2RGB)
