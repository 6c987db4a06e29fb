"""The repairs: one file per defect, declared in the catalogue."""

from __future__ import annotations

from pathlib import Path

from enhancers.base import AnyEnhancer, EnhancerSpec
from imaging.defects import Defect
from imaging.measures import light_colour

from . import blur, glaring, hazy, jpeg_artifacts, low_contrast, low_light, noisy, poor_white_balance, rotation

CATALOGUE: tuple[EnhancerSpec, ...] = (
    EnhancerSpec(
        Defect.BLUR,
        blur.build,
        "Blurred",
        blur.METHOD,
        on_torch=True,
        weights=blur.WEIGHTS,
        estimate=blur.estimate_blur,
    ),
    EnhancerSpec(Defect.LOW_LIGHT, low_light.build, "Too dark", low_light.METHOD, weights=low_light.WEIGHTS),
    EnhancerSpec(
        Defect.LOW_CONTRAST,
        low_contrast.build,
        "Flat, little contrast",
        low_contrast.METHOD,
        weights=low_contrast.WEIGHTS,
    ),
    EnhancerSpec(
        Defect.POOR_WHITE_BALANCE,
        poor_white_balance.build,
        "Colour cast",
        poor_white_balance.METHOD,
        weights=light_colour.WEIGHTS,
    ),
    EnhancerSpec(
        Defect.NOISY,
        noisy.build,
        "Noisy",
        noisy.METHOD,
        on_torch=True,
        weights=noisy.WEIGHTS,
        estimate=noisy.estimate_noise,
    ),
    EnhancerSpec(Defect.HAZY, hazy.build, "Hazy", hazy.METHOD, weights=hazy.WEIGHTS),
    EnhancerSpec(
        Defect.JPEG_ARTIFACTS,
        jpeg_artifacts.build,
        "Compression artefacts",
        jpeg_artifacts.METHOD,
        on_torch=True,
        weights=jpeg_artifacts.WEIGHTS,
        estimate=jpeg_artifacts.estimate_compression,
    ),
    EnhancerSpec(
        Defect.GLARING, glaring.build, "Too bright, blown highlights", glaring.METHOD, weights=glaring.WEIGHTS
    ),
    EnhancerSpec(Defect.ROTATION, rotation.build, "Tilted", rotation.METHOD),
)
"""Every repair, in the order of `Defect`."""


def build_enhancer(defect: Defect, device: str = "cpu", weights: Path | None = None) -> AnyEnhancer:
    """Build the enhancer of one defect; see `Build` for the arguments."""
    return next(spec for spec in CATALOGUE if spec.defect is defect).build(device, weights)
