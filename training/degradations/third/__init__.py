"""The third family of degradations, which differs from both and is never trained on: figures are reported on it."""

from __future__ import annotations

from imaging.defects import Defect
from training.degradations.camera import Degradation
from training.degradations.third.detail import blur, jpeg_artifacts, noisy

THIRD: dict[Defect, Degradation] = {
    Defect.BLUR: blur,
    Defect.NOISY: noisy,
    Defect.JPEG_ARTIFACTS: jpeg_artifacts,
}
"""The degradation that makes each defect."""
