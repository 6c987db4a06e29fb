"""How close a repaired photo is to the clean one: PSNR, SSIM and ΔE00. For training and benchmarks only.

SSIM and ΔE00 are scikit-image's, a development dependency, imported where they are used.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from imaging.image import Image


@dataclass(frozen=True, slots=True)
class Fidelity:
    """Closeness of a photo to its reference.

    Attributes:
        psnr_db: Peak signal-to-noise ratio over all channels, dB; 99 for identical photos, so that means exist.
        ssim: Structural similarity of the luma, at most 1.
        delta_e00: Mean CIEDE2000 colour difference, 0 for identical photos.
    """

    psnr_db: float
    ssim: float
    delta_e00: float


def psnr_db(image: Image, reference: Image) -> float:
    """Return the peak signal-to-noise ratio in dB of two uint8 photos of one shape, 99 at most."""
    if image.shape != reference.shape:
        raise ValueError(f"photos of one shape are compared, these are {image.shape} and {reference.shape}")
    squared = float(cv2.norm(image, reference, cv2.NORM_L2SQR)) / image.size
    return 99.0 if squared == 0 else min(99.0, float(10 * np.log10(255**2 / squared)))


def ssim(image: Image, reference: Image) -> float:
    """Return the structural similarity of the luma (Wang et al., TIP 2004: Gaussian window of 1.5 px)."""
    from skimage.metrics import structural_similarity

    luma, reference_luma = (cv2.cvtColor(i, cv2.COLOR_RGB2GRAY) for i in (image, reference))
    return float(
        structural_similarity(luma, reference_luma, gaussian_weights=True, sigma=1.5, use_sample_covariance=False)
    )


def delta_e00(image: Image, reference: Image) -> float:
    """Return the mean CIEDE2000 difference (Sharma et al., Color Research & Application 2005), sRGB under D65.

    Both photos are first halved while their long side is 640 px or more: colour is what is compared, not noise,
    and the formula is slow.
    """
    from skimage.color import deltaE_ciede2000, rgb2lab

    while max(image.shape) >= 640:
        size = image.shape[1] // 2, image.shape[0] // 2
        image, reference = (cv2.resize(i, size, interpolation=cv2.INTER_AREA) for i in (image, reference))
    return float(deltaE_ciede2000(rgb2lab(reference), rgb2lab(image)).mean())


def fidelity(image: Image, reference: Image) -> Fidelity:
    """Return all three figures of a photo against its reference of the same shape, at least 11×11."""
    return Fidelity(psnr_db(image, reference), ssim(image, reference), delta_e00(image, reference))


def mean_fidelity(values: list[Fidelity]) -> Fidelity:
    """Return the mean of each figure; at least one value."""
    count = len(values)
    return Fidelity(
        sum(v.psnr_db for v in values) / count,
        sum(v.ssim for v in values) / count,
        sum(v.delta_e00 for v in values) / count,
    )
