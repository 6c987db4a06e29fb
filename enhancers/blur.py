"""Sharpens a blurred photo: Wiener deconvolution with a kernel estimated from the widths of the photo's own edges."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from enhancers.base import Enhancer
from imaging.image import Image, Plane
from imaging.measures.noise import measure_noise
from imaging.measures.sharpness import measure_edge_width
from imaging.view import view_factor


@dataclass(frozen=True, slots=True)
class BlurConstants:
    """Constants of the repair. Lengths are pixels at viewing size.

    Attributes:
        idle_sigma_px: Edge width of a sharp photo, up to which it is left alone.
        full_sigma_px: Edge width from which the repair is whole.
        width_share: Share of the measured width that is taken out: too wide a kernel rings, too narrow a one only sharpens less.
        noise_to_signal: Regularisation at the frequency `reference_frequency` of a photo without noise; it grows with the
            square of the frequency, as the spectra of photos fall.
        reference_frequency: Cycles per pixel.
        noise_weight: Further regularisation per squared code of noise.
        grid_px: Size of the grid the filter is designed on.
        reach_px: Half the side of the filter.
        halo_px: Radius of the neighbourhood whose range bounds the result.
        overshoot: Share of that range by which the result may leave it.
    """

    idle_sigma_px: float = 0.75
    full_sigma_px: float = 1.1
    width_share: float = 0.9
    noise_to_signal: float = 1e-2
    reference_frequency: float = 0.1
    noise_weight: float = 4e-3
    grid_px: int = 64
    reach_px: int = 10
    halo_px: int = 2
    overshoot: float = 0.15


METHOD = "Wiener deconvolution of luma with the blur measured at the photo's edges, by direction, bounded against halos"


class BlurEnhancer(Enhancer):
    """Deconvolves luma at viewing size, where all of what a visible blur has left lies, and adds the change to the photo."""

    def __init__(self, constants: BlurConstants | None = None) -> None:
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
        # Two unsigned halves of the signed change: full-size arithmetic stays in eight bits.
        result = image
        for half, apply in ((change, cv2.add), (-change, cv2.subtract)):
            part = np.clip(np.rint(half), 0, 255).astype(np.uint8)
            if factor > 1:
                part = cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR)
            result = apply(result, cv2.merge((part, part, part)))
        return result

    def _change(self, luma: Plane, strength: float) -> NDArray[np.float32] | None:
        """What deconvolution adds to the luma of the view, float32 (h, w) in codes; None when the photo is sharp."""
        constants = self._constants
        edge = measure_edge_width(luma)
        share = (edge.sigma_px - constants.idle_sigma_px) / (constants.full_sigma_px - constants.idle_sigma_px)
        amount = strength * min(1.0, max(0.0, share))
        if amount == 0:
            return None
        kernel = self._kernel(edge.covariance, measure_noise(luma, max_blocks=3000).sigma)
        blurred = luma.astype(np.float32)
        sharp = cv2.filter2D(blurred, cv2.CV_32F, kernel, borderType=cv2.BORDER_REFLECT_101)
        near = np.ones((2 * constants.halo_px + 1,) * 2, np.uint8)
        low, high = cv2.erode(luma, near).astype(np.float32), cv2.dilate(luma, near).astype(np.float32)
        slack = constants.overshoot * (high - low)
        return amount * (np.clip(sharp, low - slack, high + slack) - blurred)

    def _kernel(self, covariance: NDArray[np.float64], noise_sigma: float) -> NDArray[np.float32]:
        """The Wiener filter against a Gaussian blur of that covariance, float32 (n, n), summing to 1."""
        constants = self._constants
        fy = np.fft.fftfreq(constants.grid_px)[:, None]
        fx = np.fft.fftfreq(constants.grid_px)[None, :]
        (xx, xy), (_, yy) = covariance * constants.width_share**2
        transfer = np.exp(-2 * np.pi**2 * (xx * fx**2 + 2 * xy * fx * fy + yy * fy**2))
        regular = constants.noise_to_signal + constants.noise_weight * noise_sigma**2
        regular = regular * (fx**2 + fy**2) / constants.reference_frequency**2
        spatial = np.fft.fftshift(np.fft.ifft2(transfer / (transfer**2 + regular)).real)
        middle, reach = constants.grid_px // 2, constants.reach_px
        taper = np.hanning(2 * reach + 3)[1:-1] ** 0.5
        kernel = spatial[middle - reach : middle + reach + 1, middle - reach : middle + reach + 1] * np.outer(taper, taper)
        return (kernel / kernel.sum()).astype(np.float32)


def build(device: str) -> Enhancer:
    """Make the enhancer; `device` is not used, its work is small."""
    return BlurEnhancer()
