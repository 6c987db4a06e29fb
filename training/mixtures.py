"""Photos with several defects at once, as phones and messengers leave them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from imaging.defects import Defect
from imaging.image import Image
from training.degradations import DEGRADATIONS
from training.degradations.camera import Degradation

DEFECTS = tuple(Defect)

COMING_ABOUT = (
    Defect.ROTATION,
    Defect.LOW_CONTRAST,
    Defect.GLARING,
    Defect.LOW_LIGHT,
    Defect.POOR_WHITE_BALANCE,
    Defect.HAZY,
    Defect.BLUR,
    Defect.NOISY,
    Defect.JPEG_ARTIFACTS,
)
"""The order in which defects are laid over one another: the reverse of the order of repair, so that detail damage is
as visible as its severity says."""

MAX_DEFECTS = 3

_UNDOING = ({Defect.LOW_LIGHT, Defect.GLARING},)
"""Pairs that undo one another: a photo that is both is neither."""


def mix(
    photo: Image,
    rng: np.random.Generator,
    count: int | None = None,
    degradations: Mapping[Defect, Degradation] = DEGRADATIONS,
) -> tuple[Image, NDArray[np.float32]]:
    """Return the photo with a few random defects of random severity, in the order in which they come about.

    Args:
        photo: uint8 RGB (H, W, 3).
        rng: Random generator.
        count: How many; 1 to `MAX_DEFECTS` when None. Fewer when the draw holds two that undo one another.
        degradations: What is drawn from.

    Returns:
        The photo, and the severity made of each defect, float32 (9,), in the order of `Defect`: 0 is none.
    """
    drawn = int(rng.integers(1, MAX_DEFECTS + 1)) if count is None else count
    kinds = [defect for defect in DEFECTS if defect in degradations]
    chosen = {kinds[i] for i in rng.permutation(len(kinds))[:drawn]}
    for pair in _UNDOING:
        if pair <= chosen:
            chosen.discard(sorted(pair)[int(rng.integers(2))])
    made = np.zeros(len(DEFECTS), np.float32)
    for defect in COMING_ABOUT:
        if defect in chosen:
            severity = float(rng.uniform(0.01, 1))
            photo = degradations[defect](photo, severity, rng)
            made[DEFECTS.index(defect)] = severity
    return photo, made
