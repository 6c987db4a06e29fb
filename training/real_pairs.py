"""Real photos with a reference, from public research sets: methods are chosen and figures reported on them.

No weights that are shipped are trained on them. A scene belongs to one part of the split with all its photos.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from imaging.defects import Defect
from imaging.image import Image
from training.photos import load_photo
from training.split import Part


@dataclass(frozen=True, slots=True)
class RealSet:
    """A folder of pairs.

    Attributes:
        folder: Below the folder of photos.
        degraded: What the stem of a damaged photo ends with, after the name of its scene.
        reference: The same of the photo it should be.
    """

    folder: str
    degraded: str
    reference: str


REAL_SETS: Mapping[Defect, RealSet] = {
    Defect.LOW_LIGHT: RealSet("real/exposure", "_dark", "_fused"),
    Defect.GLARING: RealSet("real/exposure", "_bright", "_fused"),
    Defect.HAZY: RealSet("real/haze", "_hazy", "_clear"),
    Defect.NOISY: RealSet("real/noise", "_noisy", "_mean"),
}
"""Exposures of brackets and their fusion (MEFB), haze over measured depth (RESIDE) and camera noise (PolyU)."""


def scene_part(scene: str) -> Part:
    """Return the part of a scene by a hash of its name: half `VALIDATE`, half `HELD_OUT`, none to train on."""
    return Part.HELD_OUT if blake2b(scene.encode()).digest()[0] % 2 else Part.VALIDATE


def real_pairs(root: Path, defect: Defect, only: Part | None = None) -> list[tuple[Image, Image]]:
    """Return damaged photos and what they should be, in a fixed order; none where the folder lacks them.

    Args:
        root: Folder of photos.
        defect: One of `REAL_SETS`; none of the others has pairs.
        only: Keep only this part of the split.
    """
    if defect not in REAL_SETS:
        return []
    real = REAL_SETS[defect]
    pairs = []
    for path in sorted((root / real.folder).glob(f"*{real.degraded}.*")):
        scene = path.stem.removesuffix(real.degraded)
        if only is None or scene_part(scene) is only:
            reference = path.with_name(f"{scene}{real.reference}{path.suffix}")
            pairs.append((load_photo(path), load_photo(reference)))
    return pairs
