"""Random degradations of clean photos, one for each defect, for training, calibration and tests.

Light is changed in linear light, then seen by a camera again: exposure, veil and cast first, then sensor noise,
the encoding curve and the eight-bit rounding with clipping last. Severity 0 is barely there, 1 is as bad as a photo
gets that somebody would still upload; what severity does not fix (shape, direction, tint) is drawn at random.
Networks and thresholds set on fixed parameters fail on anything else, hence the random ranges.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from imaging.defects import Defect
from imaging.image import Image
from training.degradations.camera import Degradation
from training.degradations.detail import blur, jpeg_artifacts, noisy
from training.degradations.geometry import rotation
from training.degradations.second import SECOND
from training.degradations.third import THIRD
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
"""The degradation of the first family that makes each defect."""


class Family(StrEnum):
    """A set of degradations with formulas and parameters of its own: what holds on one alone is not trusted."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"


FAMILIES: dict[Family, dict[Defect, Degradation]] = {
    Family.FIRST: DEGRADATIONS,
    Family.SECOND: SECOND,
    Family.THIRD: THIRD,
}

TRAINED_FAMILIES = (Family.FIRST, Family.SECOND)
"""The third is never trained on: figures are reported on it."""


def trained(defect: Defect) -> Degradation:
    """Return a degradation that draws one of the families that are trained on for each photo."""
    return either([FAMILIES[family][defect] for family in TRAINED_FAMILIES if defect in FAMILIES[family]])


def either(options: Sequence[Degradation]) -> Degradation:
    """Return a degradation that draws one of several for each photo."""

    def degrade(image: Image, severity: float, rng: np.random.Generator) -> Image:
        return options[int(rng.integers(len(options)))](image, severity, rng)

    return degrade
