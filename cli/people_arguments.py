"""The arguments of `belvedere feedback` and `belvedere study`."""

from __future__ import annotations

import argparse
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from study.place import DEFAULT_DATABASE

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_feedback(commands: Commands) -> None:
    """Declare `belvedere feedback`."""
    feedback = commands.add_parser("feedback", help="what people decided on results").add_subparsers(
        dest="action", required=True, metavar="ACTION"
    )
    report = feedback.add_parser("report", help="print how often repairs are kept")
    report.add_argument("--since", type=_day, metavar="YYYY-MM-DD", help="only decisions from this day (UTC) on")
    report.add_argument("--csv", type=Path, metavar="FILE", help="write every decision to a file")
    _add_database(report)


def add_study(commands: Commands) -> None:
    """Declare `belvedere study`."""
    study = commands.add_parser("study", help="let people choose between variants of photos").add_subparsers(
        dest="action", required=True, metavar="ACTION"
    )

    create = study.add_parser(
        "create",
        help="make a study from a folder of photos",
        description="Makes a study: repairs the photos of a folder in each of the ways named, in this process.",
    )
    create.add_argument("name", type=_study_name, help="of the study: people take part at /study/NAME")
    create.add_argument("folder", type=Path, help="the photos")
    create.add_argument(
        "--variants",
        nargs="+",
        default=[],
        metavar="VARIANT",
        help="original, first, all, or the name of a defect to repair; each may have a strength (all:0.5) and "
        "checkpoints of one's own (all@noisy=FILE)",
    )
    create.add_argument(
        "--variant",
        action="append",
        default=[],
        metavar="NAME=FOLDER",
        help="a variant made elsewhere: files of the same names in another folder",
    )
    create.add_argument("--title", help="what people see (default: the name)")
    _add_database(create)

    _add_database(study.add_parser("list", help="print the studies"))

    report = study.add_parser("report", help="print the ranking")
    report.add_argument("name", help="of the study")
    report.add_argument("--csv", type=Path, metavar="FILE", help="write every choice to a file")
    report.add_argument("--plot", type=Path, metavar="FILE", help="draw the ranking as a PNG")
    _add_database(report)


def _add_database(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--database",
        default=DEFAULT_DATABASE,
        metavar="FILE_OR_URL",
        help="the service's setting of that name (default: %(default)s)",
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day like 2026-01-31") from None


def _study_name(text: str) -> str:
    if not re.fullmatch("[a-z0-9][a-z0-9-]{0,63}", text):
        raise argparse.ArgumentTypeError(f"{text!r}: up to 64 lower-case letters, digits and hyphens")
    return text
