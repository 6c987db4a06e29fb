"""The sources of damage that a repair is measured on: a figure on one alone flatters who made it.

Degradations of three families over held-out photos, of which the third was never trained on; the third over listing
photos, which nothing was trained on; real pairs; and what is commonly reported of a defect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.trials import (
    CLEAN_SETS,
    DETAIL,
    HOUSE_SETS,
    LISTINGS,
    LOSSLESS_SETS,
    Trial,
    bracketed,
    damaged,
    gaussian_noise,
    held_out,
    jpeg,
)
from imaging.defects import Defect
from training.degradations import FAMILIES, Family
from training.photos import photos_root
from training.real_pairs import real_pairs
from training.split import Part

JPEG_QUALITIES = (10, 20)
"""At which deblocking is reported (ARCNN, Dong et al., ICCV 2015)."""
NOISE_SIGMA = 25
"""Codes, at which denoising is reported (DnCNN, Zhang et al., TIP 2017)."""


def sources(defect: Defect, folder: str | None, limit: int) -> Mapping[str, Sequence[Trial]]:
    """Return the trials of each source of a defect's damage, by name.

    Args:
        defect: Not rotation, whose repair changes the shape.
        folder: Folder of photos; None for the one that the environment names, or else the photos that tests run on.
        limit: At most so many photos for each source.
    """
    photos = held_out(folder, limit, CLEAN_SETS if defect in DETAIL else HOUSE_SETS)
    found = {f"{family} family": damaged(defect, photos, family) for family in Family if defect in FAMILIES[family]}
    if defect is Defect.JPEG_ARTIFACTS:
        found |= {f"quality {quality}": jpeg(photos, quality) for quality in JPEG_QUALITIES}
    if defect is Defect.NOISY:
        found[f"white, {NOISE_SIGMA} codes"] = gaussian_noise(held_out(folder, limit, LOSSLESS_SETS), NOISE_SIGMA)
    try:
        root = photos_root(folder)
    except FileNotFoundError:
        return found
    if defect not in DETAIL and defect in FAMILIES[Family.THIRD]:
        found["third family, listings"] = damaged(defect, held_out(folder, limit, LISTINGS), Family.THIRD)
    if defect in (Defect.LOW_LIGHT, Defect.GLARING):
        found["radiance maps"] = bracketed(root / "hdr", dark=defect is Defect.LOW_LIGHT)[:limit]
    found["real pairs"] = real_trials(root, defect)[:limit]
    return {name: trials for name, trials in found.items() if trials}


def real_trials(root: Path, defect: Defect) -> list[Trial]:
    """Return the held-out real pairs of a defect."""
    return [Trial(reference, degraded) for degraded, reference in real_pairs(root, defect, Part.HELD_OUT)]
