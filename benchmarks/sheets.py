"""Before/after pictures, to look at: contact sheets of real photos, and of what benchmarks damaged.

    python -m benchmarks.sheets --photos DIR --out DIR

Each line shows a photo, the repair of one defect by name, and what the default path makes of it (the photo itself where
it is left alone). Every defect has a sheet of real photos, and there is one of pictures that are to be left alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from benchmarks.repairs import ThisVersion
from detector import DETECTORS
from imaging.defects import Defect
from imaging.image import Image
from imaging.view import View
from tests.detector import pictures
from training.photos import list_photos, load_photo, photos_root

TILE_PX = (400, 300)
REAL: Mapping[Defect, tuple[str, ...]] = {
    Defect.LOW_LIGHT: ("real/exposure/*_dark.*", "real/exposure_unpaired/*"),
    Defect.GLARING: ("real/exposure/*_bright.*", "real/exposure_unpaired/*"),
    Defect.HAZY: ("real/haze_unpaired/*", "real/haze/*_hazy.*"),
    Defect.POOR_WHITE_BALANCE: ("real/cast_unpaired/*",),
    Defect.NOISY: ("real/noise/*_noisy.*",),
}
"""Real photos with a defect. Of the other defects the listing photos with the highest severity are shown."""
SHOWN = 10
"""Photos of each sheet: with nine defects and the pictures to be left alone, a hundred in all."""
MAX_SIDE_PX = 1024

ALONE: tuple[Callable[[np.random.Generator], Image], ...] = (
    pictures.screenshot,
    pictures.floor_plan,
    pictures.gradient,
    pictures.cut_out,
    pictures.sepia,
    pictures.night_street,
    pictures.sunset,
    pictures.sea,
)


def write(path: Path, columns: Sequence[Sequence[Image]], rows: int = 8) -> None:
    """Write a picture with one column for each list of photos, and one row for each photo.

    Args:
        path: A PNG; its folder is made.
        columns: Lists of photos in one order.
        rows: At most so many, spread evenly over the lists.
    """
    count = len(columns[0])
    shown = [i * count // min(rows, count) for i in range(min(rows, count))]
    if not shown:
        return
    lines = [np.hstack([_tile(column[i]) for column in columns]) for i in shown]
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.vstack(lines)[..., ::-1])


def real_photos(root: Path, defect: Defect) -> Iterator[Image]:
    """Yield real photos that show a defect, at most `SHOWN`."""
    found = [path for pattern in REAL.get(defect, ()) for path in sorted(root.glob(pattern))]
    if not found:
        severity = next(spec.severity for spec in DETECTORS if spec.defect is defect)
        listings = list_photos(root, sets=["listings"])
        found = sorted(listings, key=lambda path: -severity(View.of(load_photo(path, MAX_SIDE_PX))))[:SHOWN]
    step = max(1, len(found) // SHOWN)
    for path in found[::step][:SHOWN]:
        yield load_photo(path, MAX_SIDE_PX)


def write_real(root: Path, out: Path) -> None:
    """Write the sheets of all defects, and of pictures that are to be left alone."""
    version = ThisVersion()
    for defect in Defect:
        photos = list(real_photos(root, defect))
        repaired = [version.single(defect, photo) for photo in photos]
        write(out / f"{defect}.png", [photos, repaired, [_by_default(version, photo) for photo in photos]], SHOWN)
    alone = [draw(np.random.default_rng(seed)) for draw in ALONE for seed in range(2)]
    write(out / "left_alone.png", [alone, [_by_default(version, each) for each in alone]], len(alone))


def _by_default(version: ThisVersion, photo: Image) -> Image:
    result = version.default_path(photo)
    return photo if result is None else result


def _tile(photo: Image) -> Image:
    """Return the photo in a tile, as large as it fits."""
    width, height = TILE_PX
    scale = min(width / photo.shape[1], height / photo.shape[0])
    size = max(1, round(photo.shape[1] * scale)), max(1, round(photo.shape[0] * scale))
    tile = np.zeros((height, width, 3), np.uint8)
    tile[: size[1], : size[0]] = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    return tile


def main(argv: Sequence[str] | None = None) -> None:
    """Command line: write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", help="folder of photos (default: $BELVEDERE_PHOTOS)")
    parser.add_argument("--out", type=Path, required=True, help="folder for the sheets")
    args = parser.parse_args(argv)
    cv2.setNumThreads(1)
    write_real(photos_root(args.photos), args.out)


if __name__ == "__main__":
    main()
