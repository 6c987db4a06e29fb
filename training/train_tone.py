"""Trains the network of `glaring`, on the CPU.

python -m training.train glaring --photos DIR --minutes 13 --state FILE --out FILE
"""

from __future__ import annotations

from pathlib import Path

from training.photos import photos_root as find_photos
from training.tone_exposure import ExposureTask
from training.tone_model import fit


def train(name: str, photos_root: Path, minutes: float, state_path: Path | None, out: Path) -> None:
    """Train the network.

    Args:
        name: "glaring".
        photos_root: Folder of photos.
        minutes: How long.
        state_path: Where everything needed to go on is saved every two minutes; it goes on from there.
        out: The checkpoint to write.
    """
    fit(ExposureTask(find_photos(photos_root)), minutes, state_path, out)
