"""Trains the networks of the repairs of tone, on the CPU.

python -m training.train glaring --photos DIR --minutes 13 --state FILE --out FILE
"""

from __future__ import annotations

from pathlib import Path

from imaging.defects import Defect
from training.photos import photos_root as find_photos
from training.tone_exposure import ExposureTask
from training.tone_model import fit
from training.tone_veil import VeilTask


def train(name: str, photos_root: Path, minutes: float, state_path: Path | None, out: Path) -> None:
    """Train the network of one defect.

    Args:
        name: The defect.
        photos_root: Folder of photos.
        minutes: How long.
        state_path: Where everything needed to go on is saved every two minutes; it goes on from there.
        out: The checkpoint to write.

    Raises:
        ValueError: That repair has no network of this kind.
    """
    root = find_photos(photos_root)
    match Defect(name):
        case Defect.GLARING:
            fit(ExposureTask(root), minutes, state_path, out)
        case Defect.HAZY:
            fit(VeilTask(root), minutes, state_path, out)
        case _:
            raise ValueError(f"the repair of {name} has no tone network")
