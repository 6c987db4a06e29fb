"""The third family of degradations, which differs from both and is never trained on: figures are reported on it."""

from __future__ import annotations

from imaging.defects import Defect
from training.degradations.camera import Degradation
from training.degradations.third.cast import poor_white_balance
from training.degradations.third.contrast import low_contrast
from training.degradations.third.detail import blur, jpeg_artifacts, noisy
from training.degradations.third.exposure import glaring, low_light
from training.degradations.third.geometry import rotation
from training.degradations.third.haze import hazy

THIRD: dict[Defect, Degradation] = {
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
