"""Random degradations of clean photos, one for each defect, for training, calibration and tests.

Light is changed in linear light, then seen by a camera again: exposure, veil and cast first, then sensor noise,
the encoding curve and the eight-bit rounding with clipping last. Severity 0 is barely there, 1 is as bad as a photo
gets that somebody would still upload; what severity does not fix (shape, direction, tint) is drawn at random.
Networks and thresholds set on fixed parameters fail on anything else, hence the random ranges.
"""

from __future__ import annotations

from imaging.defects import Defect
from training.degradations.camera import Degradation
from training.degradations.detail import blur, jpeg_artifacts, noisy
from training.degradations.geometry import rotation
from training.degradations.tone import glaring, hazy, low_contrast, low_light, poor_white_balance

DEGRADATIONS: dict[Defect, Degradation] = {
    Defect.BLUR: blur,
    Defect.LOW_LIGHT: low_light,
    Defect.LOW_CONTRAST: low_contrast,
    Defect.POOR_WHITE_BALANCE: poor_white_balance,
    Defect.NOISY: noisy,
    Defect.HAZY: hazy,
    Defect.JPEG_ARTIFACTS: jpeg_artifacts,
    Defect.GLARING: glaring,
    Defect.ROTATION: rotation,
}
"""The degradation that makes each defect."""
