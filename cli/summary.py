"""Tells the user what became of each photo: lines, a progress bar, totals, JSON."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.batch import Outcome, Status, write_atomically


class Reporter:
    """Prints a line as each photo is done, and a progress bar below them where standard error is a terminal."""

    def __init__(self, total: int, lines: TextIO) -> None:
        """Make a reporter.

        Args:
            total: How many photos there are.
            lines: Where the lines go: standard output, or standard error where that is taken by the JSON summary.
        """
        self.outcomes: list[Outcome] = []
        self._lines = lines
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
            redirect_stdout=sys.stdout.isatty(),  # lines into a file or a pipe must not end up on the terminal
        )
        self._task = self._bar.add_task("photos", total=total)

    def __enter__(self) -> Reporter:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()

    def done(self, outcome: Outcome) -> None:
        """Note and print what became of one photo."""
        self.outcomes.append(outcome)
        if outcome.status is not Status.NOT_TRIED:  # one sentence tells of all those
            print(line(outcome), file=_current(self._lines), flush=True)
        self._bar.advance(self._task)


def _current(stream: TextIO) -> TextIO:
    """Return what has taken a standard stream's place for now: the progress bar, which keeps itself below the lines."""
    return sys.stdout if stream is sys.__stdout__ else sys.stderr if stream is sys.__stderr__ else stream


def printable(path: Path | str) -> str:
    """Return a path as text that any terminal takes, whatever bytes it is made of."""
    text = str(path).encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() else "?" for c in text)


def line(outcome: Outcome) -> str:
    """Return what became of one photo in one line."""
    unfixed = [name for name in outcome.found if name not in outcome.fixed]
    match outcome.status:
        case Status.REPAIRED:
            words = f"repaired {', '.join(outcome.fixed) or 'as asked'}"
            if unfixed:
                words += f" (found {', '.join(unfixed)}, too)"
        case Status.UNCHANGED if unfixed:
            words = f"no repair of {', '.join(unfixed)} made it better, original kept"
        case Status.UNCHANGED:
            words = "nothing to repair, original kept"
        case Status.SKIPPED:
            return f"{printable(outcome.source)}: already there"
        case _:
            return f"{printable(outcome.source)}: FAILED: {printable(outcome.error or '')}"
    return f"{printable(outcome.source)}: {words} ({outcome.elapsed_s:.2f} s)"


def totals(outcomes: Sequence[Outcome], others: int, elapsed_s: float) -> dict[str, Any]:
    """Return the counts of the whole run.

    Args:
        outcomes: What became of each photo.
        others: How many files were left out because they are no photos.
        elapsed_s: How long the run took.
    """
    counts = Counter(outcome.status for outcome in outcomes)
    return {
        "photos": len(outcomes),
        **{status.value: counts[status] for status in Status},
        "other_files": others,
        "seconds": round(elapsed_s, 3),
    }


def totals_line(counts: dict[str, Any]) -> str:
    """Return the totals in one line, without what did not occur."""
    words = {
        "repaired": "repaired",
        "unchanged": "with nothing to repair, originals copied",
        "skipped": "already there",
        "failed": "failed",
        "not_tried": "not tried",
    }
    parts = [f"{counts[key]} {text}" for key, text in words.items() if counts[key]]
    photos = "1 photo" if counts["photos"] == 1 else f"{counts['photos']} photos"
    text = f"{photos}{': ' if parts else ''}{'; '.join(parts)} ({counts['seconds']:.1f} s)"
    return text + (f"; {counts['other_files']} other files left out" if counts["other_files"] else "")


def write_json(document: Any, target: str) -> None:
    """Write a document as JSON to a file, or to standard output where the target is "-".

    Raises:
        OSError: The file cannot be written.
    """
    text = json.dumps(document, indent=2) + "\n"
    if target == "-":
        sys.stdout.write(text)
    else:
        write_atomically(Path(target), text.encode())


def as_json(outcomes: Sequence[Outcome], counts: dict[str, Any]) -> dict[str, Any]:
    """Return the summary as a JSON document, photos in the order of their paths."""
    photos = [
        {
            "source": str(outcome.source),
            "status": outcome.status.value,
            "output": None if outcome.output is None else str(outcome.output),
            "found": list(outcome.found),
            "fixed": list(outcome.fixed),
            "seconds": round(outcome.elapsed_s, 3),
            "error": outcome.error,
        }
        for outcome in sorted(outcomes, key=lambda outcome: outcome.source)
    ]
    return {"photos": photos, "totals": counts}
