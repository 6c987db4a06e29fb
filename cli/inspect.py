"""`belvedere inspect`: prints what the detector sees in photos."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.client import ServiceClient
from cli.engine import EngineDownError, EngineError, Options
from cli.photos import find_photos
from cli.summary import printable, write_json


def run(args: argparse.Namespace) -> int:
    """Print a report per photo; return the exit status."""
    try:
        client = ServiceClient(args.url, Options(sensitivity=args.sensitivity))
    except ValueError as error:
        print(f"belvedere: {error}", file=sys.stderr)
        return 2
    found = find_photos(args.photos)
    console = Console(soft_wrap=True)
    reports: list[dict[str, Any]] = []
    failed = len(found.problems)
    for path, reason in found.problems:
        print(f"{printable(path)}: {reason}", file=sys.stderr)
        reports.append({"source": str(path), "error": reason})
    for photo in found.photos:
        try:
            report = client.inspect(photo.source.read_bytes(), photo.format)
        except EngineDownError as error:
            print(error, file=sys.stderr)
            return 1
        except (EngineError, OSError) as error:
            failed += 1
            print(f"{printable(photo.source)}: {error}", file=sys.stderr)
            reports.append({"source": str(photo.source), "error": str(error)})
            continue
        reports.append({"source": str(photo.source), **report})
        if not args.json:
            print_report(console, printable(photo.source), report)
    if args.json:
        write_json(reports, "-")
    return 1 if failed else 0


def print_report(console: Console, name: str, report: dict[str, Any]) -> None:
    """Print one report as a table.

    Args:
        console: Where to.
        name: Of the photo.
        report: As `POST /inspect_image` answers.
    """
    strengths = {step["defect"]: step["strength"] for step in report.get("plan", ())}
    order = list(strengths)
    console.print(
        Text(f"{name}: {report['width']} × {report['height']} {report['format']}, tilt {report['angle_deg']:+.1f}°")
    )
    table = Table(box=None, pad_edge=False)
    table.add_column("defect")
    table.add_column("severity", justify="right")
    table.add_column("found from", justify="right")
    table.add_column("found")
    table.add_column("repair")
    for finding in report.get("findings", ()):
        defect = finding["defect"]
        repair = f"step {order.index(defect) + 1}, strength {strengths[defect]:g}" if defect in strengths else ""
        found = finding["found"]
        style = "bold" if found else "dim"
        cells = (defect, f"{finding['severity']:.2f}", f"{finding['threshold']:.2f}", "yes" if found else "no", repair)
        table.add_row(*(Text(cell) for cell in cells), style=style)
    console.print(table)
    console.print()
