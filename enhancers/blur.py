"""Sharpens a blurred photo: finds the kernel in the photo's spectrum and deconvolves under a sparse-gradient prior."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from enhancers.base import Enhancer
from enhancers.blur_kernel import estimate_kernel
from imaging.image import Image, Plane
from imaging.measures.sharpness import measure_edge_width
from imaging.view import view_factor

if TYPE_CHECKING:
    from enhancers.deconvolution import Deconvolver


@dataclass(frozen=True, slots=True)
class BlurConstants:
    """Constants of the repair. Lengths are pixels at viewing size.

    Attributes:
        idle_sigma_px: Edge width of a sharp photo, up to which it is left alone.
        full_sigma_px: Edge width from which the repair is whole.
        halo_px: Radius of the neighbourhood whose range bounds the result.
        overshoot: Share of that range by which the result may leave it.
    """

    idle_sigma_px: float = 0.75
    full_sigma_px: float = 1.1
    halo_px: int = 3
    overshoot: float = 0.3


METHOD = "Blind deconvolution: kernel from the power spectrum, total-variation prior, bounded against halos"


class BlurEnhancer(Enhancer):
    """Deconvolves luma at viewing size, where all that a visible blur has left lies, and adds the change to the photo.

    Args:
        engine: The deconvolution on its device.
    """

    def __init__(self, engine: Deconvolver, constants: BlurConstants | None = None) -> None:
        self._engine = engine
        self._constants = constants or BlurConstants()

    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        if strength <= 0:
            return image
        height, width = image.shape[:2]
        factor = view_factor(width, height)
        size = (max(1, width // factor), max(1, height // factor))
        small = image if factor == 1 else cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        change = self._change(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), strength)
        if change is None:
            return image
        # Two unsigned halves of the signed change keep the full-size arithmetic in eight bits.
        result = image
        for half, apply in ((change, cv2.add), (-change, cv2.subtract)):
            part = np.clip(np.rint(half), 0, 255).astype(np.uint8)
            if factor > 1:
                part = cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR)
            result = apply(result, cv2.merge((part, part, part)))
        return result

    def _change(self, luma: Plane, strength: float) -> NDArray[np.float32] | None:
        """What deconvolution adds to the luma of the view, float32 (h, w) in codes; None when that is nothing."""
        constants = self._constants
        width_px = measure_edge_width(luma).sigma_px
        share = (width_px - constants.idle_sigma_px) / (constants.full_sigma_px - constants.idle_sigma_px)
        amount = strength * min(1.0, max(0.0, share))
        if amount == 0:
            return None
        kernel = estimate_kernel(luma)
        if kernel is None:
            return None
        sharp = self._engine.sharpen(luma, kernel)
        near = np.ones((2 * constants.halo_px + 1,) * 2, np.uint8)
        low, high = cv2.erode(luma, near).astype(np.float32), cv2.dilate(luma, near).astype(np.float32)
        slack = constants.overshoot * (high - low)
        return amount * (np.clip(sharp, low - slack, high + slack) - luma)


def build(device: str) -> Enhancer:
    """Make the enhancer for a torch device name ("cpu", "cuda")."""
    from enhancers.deconvolution import Deconvolver

    return BlurEnhancer(Deconvolver(device))
