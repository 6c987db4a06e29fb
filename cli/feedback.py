"""`belvedere feedback report`: prints how often people keep what the service made."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing

from cli.batch import write_atomically
from cli.tables import print_table
from imaging.errors import BelvedereError
from study.acceptance import Acceptance, AcceptanceReport, acceptance, acceptance_by_week
from study.export import decisions_csv
from study.store import Store


def run(args: argparse.Namespace) -> int:
    """Print the report; return the exit status."""
    try:
        with closing(Store(args.database)) as store:
            decisions = store.decisions(args.since)
        if args.csv is not None:
            write_atomically(args.csv, decisions_csv(decisions).encode())
    except ValueError as error:
        print(f"belvedere: {error}", file=sys.stderr)
        return 2
    except (BelvedereError, OSError) as error:
        print(f"belvedere: {error}", file=sys.stderr)
        return 1
    heads = ("decisions", "kept", "rate", "95 % interval")
    print_table(["results with"], heads, _rows(acceptance(decisions)))
    weeks = acceptance_by_week(decisions).items()
    print_table(["week", "results with"], heads, ([week, *row] for week, found in weeks for row in _rows(found)))
    return 0


def _rows(found: AcceptanceReport) -> Iterator[list[str]]:
    if found.all is not None:
        yield ["anything done", *_cells(found.all)]
    for defect, rate in found.defects.items():
        yield [defect, *_cells(rate)]


def _cells(rate: Acceptance) -> list[str]:
    return [str(rate.decisions), str(rate.kept), f"{rate.rate:.0%}", f"{rate.low:.0%} … {rate.high:.0%}"]
