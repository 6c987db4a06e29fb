"""The detector: a photo's view goes in, a report of all nine defects comes out."""

from __future__ import annotations

from detector.base import DetectorSpec
from detector.cast import WHITE_BALANCE_THRESHOLDS, white_balance_severity
from detector.compression import JPEG_ARTIFACTS_THRESHOLDS, jpeg_artifacts_severity
from detector.content import without_bars
from detector.haze import HAZY_THRESHOLDS, hazy_severity
from detector.noise import NOISY_THRESHOLDS, noise_severity
from detector.sharpness import BLUR_THRESHOLDS, blur_severity
from detector.subject import LEFT_ALONE, subject_of
from detector.tilt import ROTATION_THRESHOLDS, rotation_severity
from detector.tone import (
    GLARING_THRESHOLDS,
    LOW_CONTRAST_THRESHOLDS,
    LOW_LIGHT_THRESHOLDS,
    glaring_severity,
    low_contrast_severity,
    low_light_severity,
)
from imaging.defects import Defect, Finding, Report, Sensitivity
from imaging.image import Image, Plane
from imaging.view import View

DETECTORS: tuple[DetectorSpec, ...] = (
    DetectorSpec(Defect.BLUR, blur_severity, BLUR_THRESHOLDS),
    DetectorSpec(Defect.LOW_LIGHT, low_light_severity, LOW_LIGHT_THRESHOLDS),
    DetectorSpec(Defect.LOW_CONTRAST, low_contrast_severity, LOW_CONTRAST_THRESHOLDS),
    DetectorSpec(Defect.POOR_WHITE_BALANCE, white_balance_severity, WHITE_BALANCE_THRESHOLDS),
    DetectorSpec(Defect.NOISY, noise_severity, NOISY_THRESHOLDS),
    DetectorSpec(Defect.HAZY, hazy_severity, HAZY_THRESHOLDS),
    DetectorSpec(Defect.JPEG_ARTIFACTS, jpeg_artifacts_severity, JPEG_ARTIFACTS_THRESHOLDS),
    DetectorSpec(Defect.GLARING, glaring_severity, GLARING_THRESHOLDS),
    DetectorSpec(Defect.ROTATION, rotation_severity, ROTATION_THRESHOLDS),
)
"""Every detector, in the order of `Defect`."""


def detect(
    *, width: int, height: int, format: str, view: View, sensitivity: Sensitivity = Sensitivity.NORMAL
) -> Report:
    """Judge a photo on all nine defects.

    Args:
        width: Full width as displayed, pixels.
        height: Full height as displayed, pixels.
        format: Format of the file, as `imaging.formats.ImageFormat` spells it.
        view: The reduced photo.
        sensitivity: How readily a defect counts as found.
    """
    subject = subject_of(view)
    none = LEFT_ALONE[subject]
    content = without_bars(view)
    findings = tuple(
        Finding(spec.defect, 0.0 if spec.defect in none else spec.severity(content), spec.thresholds[sensitivity])
        for spec in DETECTORS
    )
    return Report(width, height, format, content.tilt.angle_deg, findings, subject)


def severity_of(defect: Defect, image: Image, alpha: Plane | None = None) -> float:
    """Return the severity of one defect in full-size pixels, to compare a photo before and after its repair.

    Args:
        defect: Which defect.
        image: uint8 RGB (H, W, 3).
        alpha: Opacity, uint8 (H, W); None where all is opaque.

    Returns:
        In [0, 1]. The same scale as the report's, but not bit for bit: tone, colour and tilt are judged on a view
        that is interpolated rather than averaged, at an eighth of the cost on 12 MP.
    """
    spec = next(spec for spec in DETECTORS if spec.defect is defect)
    return spec.severity(without_bars(View.for_defect(defect, image, alpha)))
