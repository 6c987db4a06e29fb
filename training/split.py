"""Which part of the data a photo belongs to: decided by its file name alone, so that every tool agrees.

`split.csv` beside this module records the split of the photos that the shipped weights were trained on. A photo that
is not in it is split by the rule that made the file.

    python -m training.split [--photos DIR]        # writes split.csv anew
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from hashlib import blake2b
from pathlib import Path

SPLIT_FILE = Path(__file__).parent / "split.csv"
"""Columns: folder, photo (the file's stem), part."""

_SAME_SCENE = {"royal_esplanade_1k": "esplanade"}
"""Photos of one source whose names do not tell: the former is the latter, out of focus."""

NOT_SPLIT = ("real", "panoramas")
"""Folders of research sets that nothing is trained on; `training.real_pairs` splits the former by scene."""

_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".hdr"})


class Part(StrEnum):
    """A part of the photos. Parameters are set on CALIBRATE, choices made on VALIDATE, figures reported on HELD_OUT."""

    CALIBRATE = "calibrate"
    VALIDATE = "validate"
    HELD_OUT = "held_out"


def part(path: str | Path) -> Part:
    """Return the part of a source photo: as `split.csv` says, or by the rule for a photo it does not name.

    The split is by source file (its stem), never by what was made of it, so that no two degradations of one photo
    fall on both sides.
    """
    stem = Path(path).stem
    return recorded().get(stem) or part_by_rule(stem)


def part_by_rule(stem: str) -> Part:
    """Return the part of a photo by a hash of its stem: half calibrate, a quarter each validate and held out."""
    match blake2b(_SAME_SCENE.get(stem, stem).encode()).digest()[0] % 4:
        case 0:
            return Part.HELD_OUT
        case 1:
            return Part.VALIDATE
        case _:
            return Part.CALIBRATE


@cache
def recorded() -> dict[str, Part]:
    """Return the part of every photo that `split.csv` names, by its stem."""
    with SPLIT_FILE.open(newline="") as file:
        return {row["photo"]: Part(row["part"]) for row in csv.DictReader(file)}


def record(root: Path, file: Path = SPLIT_FILE) -> int:
    """Write the split of all photos and radiance maps under a folder; return their number."""
    found = sorted(path for path in root.rglob("*") if path.suffix.lower() in _SUFFIXES)
    photos = [path for path in found if path.relative_to(root).parts[0] not in NOT_SPLIT]
    with file.open("w", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(("folder", "photo", "part"))
        rows.writerows((path.parent.relative_to(root).as_posix(), path.stem, part(path)) for path in photos)
    return len(photos)


def main(argv: Sequence[str] | None = None) -> None:
    """Command line: record the split."""
    from training.photos import photos_root

    parser = argparse.ArgumentParser(prog="training.split", description="Writes the split of the photos to split.csv.")
    parser.add_argument("--photos", help="folder of photos (default: $BELVEDERE_PHOTOS)")
    args = parser.parse_args(argv)
    print(f"{record(photos_root(args.photos))} photos in {SPLIT_FILE.name}")


if __name__ == "__main__":
    main()
