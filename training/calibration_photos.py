"""Photos with one defect from every source of damage: what the detector's thresholds are set and reported on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from imaging.defects import Defect
from imaging.image import Image
from training.degradations import FAMILIES, Family
from training.degradations.second.geometry import posed, random_pose
from training.exposure import perspective
from training.photos import list_photos, load_photo, shrink
from training.real_pairs import REAL_SETS, real_pairs, scene_part
from training.split import Part

LISTINGS = ("listings",)
HOUSE_SETS = ("openimages_homes", "stock_exterior", "stock_interior")

VISIBLE = dict.fromkeys(Defect, 1 / 3) | {Defect.ROTATION: 0.0}
"""The severity of a degradation from which a photo counts as damaged: below it the damage is hard to see by design, but
for tilts, which begin at 1.5 degrees."""

MAX_SIDE_PX = 1024
VIEWS_DEG = (0.0, 90.0, 180.0, 270.0)
"""Headings at which panoramas are looked at."""


@dataclass(frozen=True, slots=True)
class Damaged:
    """A photo with a visible defect.

    Attributes:
        defect: Which.
        source: Where the damage comes from.
        image: uint8 RGB (H, W, 3).
    """

    defect: Defect
    source: str
    image: Image


def damaged_photos(
    root: Path, listings: Part, others: Part, families: Sequence[Family], limit: int | None = None
) -> Iterator[Damaged]:
    """Yield photos with one visible defect each: by degradations, of real pairs, and turned views of panoramas.

    Args:
        root: Folder of photos.
        listings: Part of the listing photos.
        others: Part of the other photos, the real pairs and the panoramas.
        families: Degradations; each photo is damaged by one of them for each defect, in turn.
        limit: At most so many photos of each kind.
    """
    for name, part, sets in (("listings", listings, LISTINGS), ("other houses", others, HOUSE_SETS)):
        for i, path in enumerate(list_photos(root, only=part, sets=sets, limit=limit)):
            photo = load_photo(path, MAX_SIDE_PX)
            for j, defect in enumerate(Defect):
                family = families[(i + j) % len(families)]
                rng = np.random.default_rng([i, j])
                severity = float(rng.uniform(VISIBLE[defect], 1))
                yield Damaged(defect, f"{family} family, {name}", FAMILIES[family][defect](photo, severity, rng))
    for defect in REAL_SETS:
        for image, _ in real_pairs(root, defect, others):
            yield Damaged(defect, "real pairs", image)
    for image in turned_views(root / "panoramas", others):
        yield Damaged(Defect.ROTATION, "panoramas", image)


def turned_views(folder: Path, part: Part) -> Iterator[Image]:
    """Yield views of panoramas by a camera that is tilted by 1.5 to 10 degrees, in a random pose; their own horizons
    lean by up to 3 degrees."""
    for path in sorted(path for path in folder.glob("*") if scene_part(path.stem) is part):
        panorama = load_photo(path).astype(np.float32)
        for heading_deg in VIEWS_DEG:
            rng = np.random.default_rng(int(heading_deg))
            level = perspective(panorama, heading_deg, 100.0)
            image = np.clip(np.rint(level), 0, 255).astype(np.uint8)
            roll_deg = float(rng.choice([-1, 1]) * rng.uniform(1.5, 10))
            yield shrink(posed(image, random_pose(roll_deg, rng)), MAX_SIDE_PX)
