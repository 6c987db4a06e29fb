"""The detector: a photo's view goes in, a report of all nine defects comes out."""

from __future__ import annotations

import cv2

from detector.base import DetectorSpec
from detector.cast import white_balance_severity
from detector.compression import jpeg_artifacts_severity
from detector.haze import hazy_severity
from detector.noise import noise_severity
from detector.sharpness import blur_severity
from detector.tilt import rotation_severity
from detector.tone import glaring_severity, low_contrast_severity, low_light_severity
from imaging.defects import Defect, Finding, Report
from imaging.image import Image
from imaging.view import View, view_factor

# Thresholds: `python -m training.calibrate`, at most 2 % false alarms on clean listing and stock photos of the
# calibration part.
DETECTORS: tuple[DetectorSpec, ...] = (
    DetectorSpec(Defect.BLUR, blur_severity, threshold=0.13),
    DetectorSpec(Defect.LOW_LIGHT, low_light_severity, threshold=0.40),
    DetectorSpec(Defect.LOW_CONTRAST, low_contrast_severity, threshold=0.30),
    DetectorSpec(Defect.POOR_WHITE_BALANCE, white_balance_severity, threshold=0.62),
    DetectorSpec(Defect.NOISY, noise_severity, threshold=0.39),
    DetectorSpec(Defect.HAZY, hazy_severity, threshold=0.40),
    DetectorSpec(Defect.JPEG_ARTIFACTS, jpeg_artifacts_severity, threshold=0.20),
    DetectorSpec(Defect.GLARING, glaring_severity, threshold=0.24),
    DetectorSpec(Defect.ROTATION, rotation_severity, threshold=0.30),
)
"""Every detector, in the order of `Defect`."""

_ANY_REDUCTION = frozenset(
    {Defect.LOW_LIGHT, Defect.LOW_CONTRAST, Defect.POOR_WHITE_BALANCE, Defect.HAZY, Defect.GLARING, Defect.ROTATION}
)
"""Defects judged on averages of tone and colour or on long lines: how the view was reduced hardly matters to them.
Blur, noise and blocks live in the finest detail that the view has."""


def detect(*, width: int, height: int, format: str, view: View) -> Report:
    """Judge a photo on all nine defects.

    Args:
        width: Full width as displayed, pixels.
        height: Full height as displayed, pixels.
        format: Format of the file, as `imaging.formats.ImageFormat` spells it.
        view: The reduced photo.
    """
    findings = tuple(Finding(spec.defect, spec.severity(view), spec.threshold) for spec in DETECTORS)
    return Report(width, height, format, view.tilt.angle_deg, findings)


def severity_of(defect: Defect, image: Image) -> float:
    """Return the severity of one defect in full-size pixels, to compare a photo before and after its repair.

    Args:
        defect: Which defect.
        image: uint8 RGB (H, W, 3).

    Returns:
        In [0, 1]. The same scale as the report's, but not bit for bit: tone, colour and tilt are judged on a view
        that is interpolated rather than area-averaged, at an eighth of the cost on 12 MP.
    """
    spec = next(spec for spec in DETECTORS if spec.defect is defect)
    return spec.severity(_quick_view(image) if defect in _ANY_REDUCTION else View.of(image))


def _quick_view(image: Image) -> View:
    height, width = image.shape[:2]
    factor = view_factor(width, height)
    if factor == 1:
        return View(image)
    size = (max(1, width // factor), max(1, height // factor))
    return View(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), factor)
