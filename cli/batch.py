"""Repairs many photos at once and writes the results, whatever engine does the repairing."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

from cli.engine import Answer, Engine, EngineDownError, EngineError, Options
from cli.naming import Names, Target
from cli.originals import keep, repaired_format


class Status(StrEnum):
    """What became of a photo; the values stand in the JSON summary."""

    REPAIRED = "repaired"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one photo.

    Attributes:
        source: The photo.
        status: What became of it.
        output: The file that was written, or was there already.
        found: Names of the defects that were found.
        fixed: Names of those that were repaired.
        elapsed_s: From reading the photo to having written the result.
        error: Why it failed, in plain words.
    """

    source: Path
    status: Status
    output: Path | None = None
    found: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    elapsed_s: float = 0.0
    error: str | None = None


class Batch:
    """The repair of a list of photos."""

    def __init__(self, engine: Engine, options: Options, out: Path, names: Names, *, overwrite: bool) -> None:
        """Make a batch.

        Args:
            engine: Repairs each photo.
            options: What the user asks for; the engine knows it, too.
            out: The output folder.
            names: What handed out the targets.
            overwrite: Whether results that are already there are made again.
        """
        self._engine = engine
        self._options = options
        self._out = out
        self._names = names
        self._overwrite = overwrite
        self._down: str | None = None

    def run(self, targets: Sequence[Target], jobs: int, done: Callable[[Outcome], None], stop: threading.Event) -> None:
        """Repair all photos.

        Args:
            targets: The photos and where they go.
            jobs: How many at once.
            done: Told of each photo when it is done, in this thread.
            stop: Set here when the user interrupts, which is then raised again once the photos under way are done.
        """
        with ThreadPoolExecutor(jobs, thread_name_prefix="photo") as pool:
            futures = [pool.submit(self._process, target) for target in targets]
            try:
                for future in as_completed(futures):
                    done(future.result())
            except BaseException:
                stop.set()
                pool.shutdown(cancel_futures=True)
                raise

    def _process(self, target: Target) -> Outcome:
        source = target.photo.source
        if not self._overwrite:
            for path in (target.repaired, target.kept):
                if os.path.lexists(self._out / path):
                    return Outcome(source, Status.SKIPPED, self._out / path)
        if self._down is not None:
            return Outcome(source, Status.NOT_TRIED, error=self._down)
        started_s = time.perf_counter()
        try:
            data = source.read_bytes()
            answer = self._engine.enhance(data, target.photo.format)
            output = self._out / self._write(target, data, answer)
        except EngineDownError as error:
            self._down = str(error)
            return Outcome(source, Status.NOT_TRIED, error=str(error))
        except EngineError as error:
            return Outcome(source, Status.FAILED, elapsed_s=time.perf_counter() - started_s, error=str(error))
        except OSError as error:
            where = f" ({error.filename})" if error.filename and Path(error.filename) != source else ""
            return Outcome(source, Status.FAILED, error=f"{error.strerror or error}{where}")
        except Exception as error:  # a fault of the program in one photo must not cost the other thousand
            return Outcome(source, Status.FAILED, error=f"internal error ({type(error).__name__}: {error})")
        status = Status.UNCHANGED if answer.data is None else Status.REPAIRED
        return Outcome(source, status, output, answer.found, answer.fixed, time.perf_counter() - started_s)

    def _write(self, target: Target, original: bytes, answer: Answer) -> Path:
        """Write the repaired photo, or the original where there is nothing to repair; return the path under `out`."""
        if answer.data is None or answer.format is None:
            path, data = target.kept, keep(original, target.photo.format, self._options)
        elif answer.format is repaired_format(target.photo.format, self._options):
            path, data = target.repaired, answer.data
        else:
            path, data = self._names.unforeseen(target, answer.format), answer.data
        write_atomically(self._out / path, data)
        return path


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever sees half of it under its name; folders are made.

    Raises:
        OSError: It cannot be written; nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".belvedere-{uuid4().hex}.part")
    try:
        with part.open("xb") as file:
            file.write(data)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def originals_at_risk(targets: Sequence[Target], out: Path) -> list[Path]:
    """Return the originals that a result would be written over."""
    sources = {os.path.realpath(target.photo.source) for target in targets}
    paths = {os.path.realpath(out / path) for target in targets for path in (target.repaired, target.kept)}
    return sorted(Path(path) for path in sources & paths)
