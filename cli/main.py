"""The command `belvedere`."""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from cli import people_arguments
from imaging.defects import Defect, Sensitivity
from imaging.formats import ImageFormat

DEFAULT_URL = "http://127.0.0.1:8000"
STRATEGIES = ("first", "all")
"""The values of `enhancers.plan.Strategy`, whose import costs half a second; a test holds them together."""

_COMPLETE = (
    "A photo with nothing to repair is copied, so that the output folder is complete. Originals are never changed."
)
_EXIT_STATUS = "Exit status: 0 all went well, 1 some photos failed, 2 wrong usage, 130 interrupted."


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit status."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    args = _parser(serve="serve" in arguments[:1]).parse_args(arguments)
    try:
        status = _run(args)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `belvedere inspect … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(args: argparse.Namespace) -> int:
    """Run a parsed command; each imports what it needs itself, so that none waits for what another needs."""
    match args.command:
        case "serve":
            from cli import serve

            return serve.run(args)
        case "inspect":
            from cli import inspect

            return inspect.run(args)
        case "feedback":
            from cli import feedback

            return feedback.run(args)
        case "study":
            from cli import study

            return study.run(args)
        case _:
            from cli import enhance

            return enhance.run(args)


def _parser(serve: bool) -> argparse.ArgumentParser:
    """Return the parser.

    Args:
        serve: Whether the command is `serve`, whose arguments cost imports.
    """
    parser = argparse.ArgumentParser(
        prog="belvedere", description="Finds what is wrong with a listing photo and repairs only that."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    enhance = commands.add_parser(
        "enhance",
        help="repair photos and folders of photos with a running service",
        description=f"Repairs photos with a running service. {_COMPLETE}",
        epilog=_EXIT_STATUS,
    )
    _add_url(enhance)
    _add_repair_arguments(enhance)

    repair = commands.add_parser(
        "repair",
        help="the same in this process, without a service",
        description=f"Repairs photos in this process, without a service. {_COMPLETE}",
        epilog=_EXIT_STATUS,
    )
    _add_repair_arguments(repair)

    inspect = commands.add_parser(
        "inspect",
        help="print what is wrong with photos",
        description="Prints what is wrong with photos, as a running service sees it.",
        epilog=_EXIT_STATUS,
    )
    inspect.add_argument("photos", metavar="PHOTO", nargs="+", type=Path, help="a photo, or a folder of them")
    _add_url(inspect)
    _add_sensitivity(inspect)
    inspect.add_argument("--json", action="store_true", help="print the reports as JSON")

    people_arguments.add_feedback(commands)
    people_arguments.add_study(commands)

    serving = commands.add_parser("serve", help="run the service on this machine")
    if serve:
        from cli import serve as serve_command

        serve_command.add_arguments(serving)
    return parser


def _add_url(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--url", default=DEFAULT_URL, help="the running service (default: %(default)s)")


def _add_sensitivity(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sensitivity",
        choices=[sensitivity.value for sensitivity in Sensitivity],
        help="how readily a defect counts as found (default: normal, or as the service is set)",
    )


def _add_repair_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `enhance` and `repair` have in common: all but the engine."""
    parser.add_argument(
        "photos", metavar="PHOTO_OR_FOLDER", nargs="+", type=Path, help="a photo, or a folder that is searched for them"
    )
    parser.add_argument(
        "--out",
        required=True,
        type=Path,
        metavar="DIR",
        help="where the results go; a folder's structure is kept under it (of several, under their own names)",
    )
    parser.add_argument(
        "--defects",
        action="extend",
        nargs="+",
        default=[],
        choices=[defect.value for defect in Defect],
        metavar="NAME",
        help=f"repair these, found or not, and nothing else: {', '.join(Defect)}",
    )
    parser.add_argument("--strategy", choices=STRATEGIES, help="repair the most important defect that is found, or all")
    _add_sensitivity(parser)
    parser.add_argument("--strength", type=_Range(float, 0, 1), metavar="0..1", help="strength of the repairs")
    parser.add_argument(
        "--format",
        choices=[format_.value for format_ in ImageFormat if format_.output is format_],
        help="format of the results (default: each original's; HEIC comes back as JPEG)",
    )
    parser.add_argument("--quality", type=_Range(int, 1, 100), metavar="1..100", help="quality of JPEG, WebP and AVIF")
    parser.add_argument("--max-side", type=_Range(int, 1), metavar="PIXELS", help="shrink results to this long side")
    parser.add_argument(
        "--strip-metadata", action="store_true", help="leave EXIF, the place it tells and the colour profile out"
    )
    parser.add_argument("--jobs", type=_Range(int, 1), metavar="N", help="photos at once")
    parser.add_argument("--json", metavar="FILE", help="write the summary as JSON to a file; - is standard output")
    parser.add_argument("--overwrite", action="store_true", help="make results that are already there again")


class _Range:
    """An argparse type: a number in a range."""

    def __init__(self, kind: type[int] | type[float], low: float, high: float = math.inf) -> None:
        self._kind, self._low, self._high = kind, low, high

    def __call__(self, text: str) -> float:
        try:
            value = self._kind(text)
        except ValueError:
            value = math.nan
        if not self._low <= value <= self._high:
            span = f"{self._low} or more" if self._high == math.inf else f"from {self._low} to {self._high}"
            noun = "a whole number" if self._kind is int else "a number"
            raise argparse.ArgumentTypeError(f"{text!r} is not {noun} {span}")
        return value


if __name__ == "__main__":
    raise SystemExit(main())
