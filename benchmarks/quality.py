"""Prints how close repairs come to clean photos, on every source of damage, beside textbook operators.

    python -m benchmarks.quality [--photos DIR] [--limit 24] [--only NAME ...] [--previous DIR] [--sheets DIR]

One table for each defect: a column for each source (`benchmarks.sources`), a row for each method, which are ranked by
their worst column. Repairs run at full strength; figures are PSNR / SSIM / ΔE00 against the clean photo.
`benchmarks.targets` then adds what these figures do not tell.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2

from benchmarks import sheets, targets
from benchmarks.repairs import OtherVersion, Repairs, ThisVersion
from benchmarks.sources import sources
from benchmarks.textbook import TEXTBOOK
from benchmarks.trials import Trial, held_out
from enhancers import CATALOGUE
from imaging.defects import Defect
from imaging.image import Image
from training.metrics import Fidelity, fidelity, mean_fidelity

Method = Callable[[Image], Image]


@dataclass(frozen=True, slots=True)
class Row:
    """What one method makes of each source.

    Attributes:
        name: Of the method.
        means: Mean fidelity by source.
    """

    name: str
    means: Mapping[str, Fidelity]

    def worst_margin_db(self, operators: Sequence[Row]) -> float:
        """Return the least PSNR over that of the operator that is best on the same source."""
        return min(mean.psnr_db - best_of(operators, source).psnr_db for source, mean in self.means.items())


def best_of(operators: Sequence[Row], source: str) -> Fidelity:
    """Return the figures of the operator with the highest PSNR on a source."""
    return max((operator.means[source] for operator in operators), key=lambda mean: mean.psnr_db)


def row(name: str, method: Method, trials: Mapping[str, Sequence[Trial]]) -> Row:
    """Run a method on the trials of each source."""
    return Row(
        name,
        {
            source: mean_fidelity([fidelity(method(trial.degraded), trial.reference) for trial in each])
            for source, each in trials.items()
        },
    )


def table(defect: Defect, trials: Mapping[str, Sequence[Trial]], versions: Mapping[str, Repairs]) -> list[str]:
    """Return the table of a defect: damaged, the textbook operators and each version, the best worst column first."""
    operators = [row(name, operator, trials) for name, operator in TEXTBOOK[defect].items()]
    repaired = [row(name, partial(version.single, defect), trials) for name, version in versions.items()]
    rows = [row("damaged", lambda image: image, trials), *operators, *repaired]
    rows.sort(key=lambda each: -each.worst_margin_db(operators))
    heads = [str(defect), *(f"{source} ({len(each)})" for source, each in trials.items()), "worst margin"]
    return [
        "| " + " | ".join(heads) + " |",
        "|" + "---|" * len(heads),
        *(
            f"| {each.name} | {' | '.join(figures(each.means[source]) for source in trials)} "
            f"| {each.worst_margin_db(operators):+.1f} dB |"
            for each in rows
        ),
    ]


def figures(f: Fidelity) -> str:
    """Return the figures of a fidelity as a cell of the table."""
    return f"{f.psnr_db:.1f} / {f.ssim:.3f} / {f.delta_e00:.1f}"


def write_sheets(
    folder: Path, defect: Defect, trials: Mapping[str, Sequence[Trial]], versions: Mapping[str, Repairs]
) -> None:
    """Write a sheet for each source: damaged, each version, clean."""
    for source, each in trials.items():
        made = [[version.single(defect, trial.degraded) for trial in each] for version in versions.values()]
        columns = [[trial.degraded for trial in each], *made, [trial.reference for trial in each]]
        sheets.write(folder / f"{defect}_{source.replace(', ', '_').replace(' ', '_')}.png", columns)


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
    print("held-out photos, at most 1024 px; PSNR dB / SSIM / ΔE00")
    for spec in CATALOGUE:
        if spec.defect is not Defect.ROTATION and (not args.only or spec.defect in args.only):
            trials = sources(spec.defect, args.photos, args.limit)
            print("\n" + "\n".join(table(spec.defect, trials, versions)), flush=True)
            if args.sheets:
                write_sheets(args.sheets, spec.defect, trials, versions)
    if not args.only or Defect.ROTATION in args.only:
        print("\n".join(targets.tilts(held_out(args.photos, args.limit), versions)), flush=True)
    if not args.only or "further" in args.only:
        for line in targets.lines(args.photos, args.limit, versions, args.sheets):
            print(line, flush=True)
    if previous:
        previous.close()


if __name__ == "__main__":
    main()
