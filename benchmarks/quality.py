"""Prints how much repairs gain on held-out photos, beside textbook operators and another version of this project.

    python -m benchmarks.quality [--photos DIR] [--limit 24] [--only NAME ...] [--previous DIR] [--sheets DIR]

Each clean photo is damaged with random severity and repaired at full strength; figures are PSNR / SSIM / ΔE00 against
the clean photo. Of the textbook operators (`benchmarks.textbook`) the one that is best on these very photos stands in
the table. `benchmarks.targets` then adds what one number for each defect does not tell.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks import sheets, targets
from benchmarks.repairs import OtherVersion, Repairs, ThisVersion
from benchmarks.textbook import TEXTBOOK
from benchmarks.trials import CLEAN_SETS, DETAIL, Trial, damaged, held_out
from enhancers import CATALOGUE
from imaging.defects import Defect
from imaging.image import Image
from training.metrics import Fidelity, fidelity, mean_fidelity, psnr_db

HARMLESS_DB = 40.0
"""What a repair owes a clean photo."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one way of repairing made of the trials.

    Attributes:
        name: Which way.
        photos: The results, in the order of the trials.
        each: How close each is to its reference.
    """

    name: str
    photos: Sequence[Image]
    each: Sequence[Fidelity]

    @classmethod
    def of(cls, name: str, photos: Sequence[Image], trials: Sequence[Trial]) -> Outcome:
        """Judge the results."""
        return cls(name, photos, [fidelity(p, trial.reference) for p, trial in zip(photos, trials, strict=True)])

    @property
    def mean(self) -> Fidelity:
        """The mean of each figure."""
        return mean_fidelity(list(self.each))


def textbook(defect: Defect, trials: Sequence[Trial]) -> list[Outcome]:
    """Return what each textbook operator makes of the trials, the best PSNR first."""
    done = [
        Outcome.of(name, [operator(trial.degraded) for trial in trials], trials)
        for name, operator in TEXTBOOK[defect].items()
    ]
    return sorted(done, key=lambda outcome: -outcome.mean.psnr_db)


def outcomes(defect: Defect, trials: Sequence[Trial], versions: Mapping[str, Repairs]) -> list[Outcome]:
    """Return what each version's repair of a defect makes of the trials."""
    return [
        Outcome.of(name, [repairs.single(defect, trial.degraded) for trial in trials], trials)
        for name, repairs in versions.items()
    ]


def row(name: str, columns: Sequence[Outcome], operators: Sequence[Outcome]) -> str:
    """Return one line of the table: the figures of all columns, and the gain of the last over nothing and operators.

    The gain in each figure is over the operator that is best in that figure.
    """
    before, ours = columns[0].mean, columns[-1].mean
    best_db = max(operator.mean.psnr_db for operator in operators)
    best_delta = min(operator.mean.delta_e00 for operator in operators)
    cells = [f"{name:18s}", *(figures(outcome.mean) for outcome in columns)]
    cells.append(f"{ours.psnr_db - before.psnr_db:+5.1f} dB")
    cells.append(f"{ours.psnr_db - best_db:+5.1f} dB, ΔE00 {ours.delta_e00 / best_delta - 1:+4.0%}")
    return "| " + " | ".join(cells) + " |"


def harm(defect: Defect, repairs: Repairs, photos: Sequence[Image]) -> str:
    """Return the mean PSNR of clean photos through the repair, the lowest, and how many fall below 40 dB."""
    values = []
    for photo in photos:
        through = repairs.single(defect, photo)
        values.append(psnr_db(through, photo) if through.shape == photo.shape else 0.0)
    harmed = sum(value < HARMLESS_DB for value in values)
    return f"{np.mean(values):.1f} dB, lowest {min(values):.1f}, {harmed} of {len(values)} under {HARMLESS_DB:.0f}"


def figures(f: Fidelity) -> str:
    """Return the figures of a fidelity as a cell of the table."""
    return f"{f.psnr_db:5.1f} / {f.ssim:.3f} / {f.delta_e00:4.1f}"


def measure(defect: Defect, photos: Sequence[Image], versions: Mapping[str, Repairs], folder: Path | None) -> str:
    """Return a defect's line of the table, with the share of photos that got better, and write its sheet."""
    trials = damaged(defect, photos)
    nothing = Outcome.of("nothing", [trial.degraded for trial in trials], trials)
    operators = textbook(defect, trials)
    columns = [nothing, operators[0], *outcomes(defect, trials, versions)]
    if folder is not None:
        sheets.write(folder / f"{defect}.png", [*(c.photos for c in columns), [trial.reference for trial in trials]])
    better = np.mean([a.psnr_db > b.psnr_db for a, b in zip(columns[-1].each, nothing.each, strict=True)])
    own = list(versions.values())[-1]
    return row(defect, columns, operators) + f" {better:.0%} | {operators[0].name} | {harm(defect, own, photos)} |"


def main(argv: Sequence[str] | None = None) -> None:
    """Command line: print the tables, and write before/after pictures where a folder is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", help="folder of photos (default: $BELVEDERE_PHOTOS, then the shipped test photos)")
    parser.add_argument("--limit", type=int, default=24, help="at most so many photos for each figure")
    parser.add_argument("--only", nargs="+", default=[], help="only these defects; 'further': the further figures")
    parser.add_argument("--previous", type=Path, help="folder with the sources of another version, measured beside")
    parser.add_argument("--sheets", type=Path, help="write before/after pictures into this folder")
    args = parser.parse_args(argv)
    cv2.setNumThreads(1)
    previous = OtherVersion(args.previous) if args.previous else None
    versions: dict[str, Repairs] = ({"previous": previous} if previous else {}) | {"this": ThisVersion()}
    photos = held_out(args.photos, args.limit)
    clean = held_out(args.photos, args.limit, CLEAN_SETS)
    print(f"{len(photos)} held-out photos, at most 1024 px; PSNR dB / SSIM / ΔE00")
    heads = ("defect", "nothing", "textbook", *versions, "gain", "over textbook", "better", "operator", "clean photos")
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads), flush=True)
    for spec in CATALOGUE:
        if spec.defect is not Defect.ROTATION and (not args.only or spec.defect in args.only):
            print(measure(spec.defect, clean if spec.defect in DETAIL else photos, versions, args.sheets), flush=True)
    if not args.only or Defect.ROTATION in args.only:
        print("\n".join(targets.tilts(photos, versions)), flush=True)
    if not args.only or "further" in args.only:
        for line in targets.lines(args.photos, args.limit, versions, args.sheets):
            print(line, flush=True)
    if previous:
        previous.close()


if __name__ == "__main__":
    main()
