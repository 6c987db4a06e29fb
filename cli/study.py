"""`belvedere study`: makes studies, lists them, and prints what they found."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from cli.batch import write_atomically
from cli.store import on_store
from cli.tables import print_table
from study.export import choices_csv
from study.plot import plot
from study.ranking import Rank
from study.report import StudyReport, report
from study.store import Store


def run(args: argparse.Namespace) -> int:
    """Make a study, list all, or report on one; return the exit status."""
    return on_store(args.database, lambda store: _run(args, store))


def _run(args: argparse.Namespace, store: Store) -> int:
    match args.action:
        case "create":
            from cli import study_create

            return study_create.run(args, store)
        case "list":
            rows = ([entry.name, entry.title, str(entry.photos), str(entry.pairs)] for entry in store.studies())
            print_table(["study", "title"], ["photos", "pairs"], rows)
            return 0
        case _:
            return _report(args, store)


def _report(args: argparse.Namespace, store: Store) -> int:
    study = store.study(args.name)
    found = report(study, by_photo=True)
    if args.csv is not None:
        write_atomically(args.csv, choices_csv(study.choices).encode())
    if args.plot is not None:
        write_atomically(args.plot, plot(found))
    print(f"{found.title} (choices: {found.choices}, participants: {found.participants})\n")
    _print_rankings(None, {"": found.ranking})
    variants = list(found.wins)
    print_table(["wins of"], [f"against {name}" for name in variants], _wins(found))
    _print_rankings("photos with", {str(defect): ranks for defect, ranks in found.defects.items()})
    _print_rankings("photo", found.photos)
    if found.agreement is not None:
        share, chance = found.agreement.share, found.agreement.by_chance
        print(f"Two participants agree on {share:.0%} of {found.agreement.pairs} pairs; by chance on {chance:.0%}.")
    for suspicion in found.suspicious:
        reasons = " and ".join(suspicion.reasons)
        print(f"Look at participant {suspicion.participant}: {reasons} in {suspicion.choices} choices.")
    return 0


def _print_rankings(subject: str | None, rankings: Mapping[str, Sequence[Rank]]) -> None:
    """Print rankings in one table, each under what it is of."""
    rows = []
    for name, ranks in rankings.items():
        for place, rank in enumerate(ranks, 1):
            interval = f"{rank.low:+.2f} … {rank.high:+.2f}"
            cells = [rank.variant, str(place), f"{rank.worth:+.2f}", interval, f"{rank.wins:g}", str(rank.comparisons)]
            rows.append(cells if subject is None else [name if place == 1 else "", *cells])
    heads = ["place", "log worth", "95 % interval", "wins", "comparisons"]
    print_table(["variant"] if subject is None else [subject, "variant"], heads, rows)


def _wins(found: StudyReport) -> list[list[str]]:
    return [
        [name, *("" if name == other else f"{count:g}" for other, count in row.items())]
        for name, row in found.wins.items()
    ]
