"""`belvedere enhance` and `belvedere repair`: the same command with two engines."""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from pathlib import Path

from cli.batch import Batch, Outcome, Status, originals_at_risk
from cli.engine import Engine, Options
from cli.naming import Names
from cli.photos import find_photos
from cli.summary import Reporter, as_json, totals, totals_line, write_json
from imaging.defects import Defect
from imaging.formats import ImageFormat

USAGE_ERROR = 2


def run(args: argparse.Namespace) -> int:
    """Repair the photos of a command line; return the exit status."""
    started_s = time.perf_counter()
    options = Options(
        defects=tuple(Defect(name) for name in dict.fromkeys(args.defects)),
        strategy=args.strategy,
        sensitivity=args.sensitivity,
        strength=args.strength,
        format=None if args.format is None else ImageFormat(args.format),
        quality=args.quality,
        max_side=args.max_side,
        keep_metadata=not args.strip_metadata,
    )
    out: Path = args.out
    if mistake := _mistake(args.photos, out):
        return _usage_error(mistake)
    found = find_photos(args.photos, out)
    names = Names()
    targets = names.assign(found.photos, options)
    if at_risk := originals_at_risk(targets, out):
        return _usage_error(f"a result would be written over the original {at_risk[0]}: choose another --out")
    stop = threading.Event()
    try:
        engine = _engine(args, options, stop)
        out.mkdir(parents=True, exist_ok=True)
    except ValueError as error:
        return _usage_error(str(error))
    except OSError as error:
        return _usage_error(f"--out {out} cannot be made: {error.strerror}")

    batch = Batch(engine, options, out, names, overwrite=args.overwrite)
    problems = [Outcome(path, Status.FAILED, error=reason) for path, reason in found.problems]
    interrupted = False
    with Reporter(len(targets) + len(problems), sys.stderr if args.json == "-" else sys.stdout) as reporter:
        for problem in problems:
            reporter.done(problem)
        try:
            batch.run(targets, args.jobs or engine.default_jobs, reporter.done, stop)
        except KeyboardInterrupt:
            interrupted = True
    return _conclude(args, reporter, found.others, time.perf_counter() - started_s, interrupted)


def _conclude(args: argparse.Namespace, reporter: Reporter, others: int, elapsed_s: float, interrupted: bool) -> int:
    """Print the totals, write the JSON summary and return the exit status."""
    outcomes = reporter.outcomes
    counts = totals(outcomes, others, elapsed_s)
    print(totals_line(counts), file=sys.stderr if args.json == "-" else sys.stdout)
    down = next((outcome.error for outcome in outcomes if outcome.status is Status.NOT_TRIED), None)
    if down is not None:
        print(down, file=sys.stderr)
    if interrupted:
        print("interrupted; the same command goes on where it stopped", file=sys.stderr)
    if args.json is not None:
        try:
            write_json(as_json(outcomes, counts), args.json)
        except OSError as error:
            print(f"the summary cannot be written to {args.json}: {error.strerror}", file=sys.stderr)
            return 1
    if interrupted:
        return 130
    return 1 if counts["failed"] or counts["not_tried"] else 0


def _mistake(photos: list[Path], out: Path) -> str | None:
    """Return what is wrong with the paths of a command line, if anything."""
    if os.path.lexists(out) and not out.is_dir():
        return f"--out {out} is no folder"
    for path in photos:
        folder = path if path.is_dir() else path.parent
        if os.path.realpath(folder) == os.path.realpath(out):
            return f"--out {out} is where the originals are: choose another folder, they are never written over"
    return None


def _engine(args: argparse.Namespace, options: Options, stop: threading.Event) -> Engine:
    if args.command == "enhance":
        from cli.client import ServiceClient

        return ServiceClient(args.url, options, stop)
    from cli.local import LocalEngine

    return LocalEngine(options, args.jobs)


def _usage_error(message: str) -> int:
    print(f"belvedere: {message}", file=sys.stderr)
    return USAGE_ERROR
