"""The second family of degradations: other formulas and other parameters than the first; trained on, too."""

from __future__ import annotations

from imaging.defects import Defect
from training.degradations.camera import Degradation
from training.degradations.second.blur import blur
from training.degradations.second.cast import poor_white_balance
from training.degradations.second.compression import jpeg_artifacts
from training.degradations.second.contrast import low_contrast
from training.degradations.second.exposure import glaring, low_light
from training.degradations.second.geometry import rotation
from training.degradations.second.haze import hazy
from training.degradations.second.noise import noisy

SECOND: dict[Defect, Degradation] = {
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
