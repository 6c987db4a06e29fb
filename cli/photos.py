"""Finds the photos among what was named on the command line, by content and never by name."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from imaging.errors import BelvedereError, NotAPhotoError
from imaging.formats import ImageFormat
from imaging.sniff import recognise

SUFFIXES: dict[ImageFormat, tuple[str, ...]] = {
    ImageFormat.JPEG: (".jpg", ".jpeg", ".jpe", ".jfif"),
    ImageFormat.PNG: (".png",),
    ImageFormat.WEBP: (".webp",),
    ImageFormat.AVIF: (".avif",),
    ImageFormat.HEIC: (".heic", ".heif"),
}
"""File name suffixes of each format, the usual one first."""

PHOTO_SUFFIXES = frozenset(suffix for suffixes in SUFFIXES.values() for suffix in suffixes)
"""All of them, in lower case."""

_HEAD_BYTES = 64
"""As many as `imaging.sniff.recognise` asks for."""


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A photo that was found.

    Attributes:
        source: Where it lies.
        relative: Where it belongs under the output folder, with its own file name.
        format: What its content announces.
    """

    source: Path
    relative: Path
    format: ImageFormat


@dataclass(slots=True)
class Found:
    """What the command line's files and folders hold.

    Attributes:
        photos: In the order of the command line, each folder sorted by name.
        problems: Path and reason, in plain words, of what should have been a photo and is none.
        others: How many files of the folders were left out because they are no photos.
    """

    photos: list[PhotoFile] = field(default_factory=list)
    problems: list[tuple[Path, str]] = field(default_factory=list)
    others: int = 0


def find_photos(inputs: Sequence[Path], out: Path | None = None) -> Found:
    """Return the photos among the named files and folders.

    A single folder's content belongs directly under the output folder; of several inputs, each folder's belongs under
    the folder's own name, so that the kitchens of two houses stay apart. Hidden files and folders are left out unless
    they are named, and so is the output folder where it lies inside an input.

    Args:
        inputs: Files and folders.
        out: The output folder; None when nothing is written.
    """
    found = Found()
    seen: set[str] = set()
    for path in inputs:
        if path.is_dir():
            top = Path() if len(inputs) == 1 else Path(path.resolve().name)
            for file in _walk(path, out, found):
                _add(file, top / file.relative_to(path), found, seen, named=False)
        else:
            _add(path, Path(path.name), found, seen, named=True)
    return found


def _add(path: Path, relative: Path, found: Found, seen: set[str], *, named: bool) -> None:
    """Look at one file and note it as a photo, a problem or another file."""
    real = os.path.realpath(path)
    if real in seen:  # named twice, or a link to a file that is in the list already
        return
    expected = named or path.suffix.lower() in PHOTO_SUFFIXES  # a photo lost in transfer must not go missing unsaid
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for ever
            if expected:
                found.problems.append((path, "is no file"))
            return
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except FileNotFoundError:
        if expected:
            found.problems.append((path, "does not exist"))
        return
    except OSError as error:
        found.problems.append((path, f"cannot be read: {error.strerror}"))
        return
    try:
        if not head:
            raise NotAPhotoError("the file is empty")
        format_ = recognise(head)
    except BelvedereError as error:
        if expected:
            found.problems.append((path, str(error)))
        else:
            found.others += 1
        return
    seen.add(real)
    found.photos.append(PhotoFile(path, relative, format_))


def _walk(folder: Path, out: Path | None, found: Found) -> Iterator[Path]:
    """Yield the files under a folder, sorted, each folder once: links to folders wait until the real ones are done."""
    visited = set() if out is None else {os.path.realpath(out)}
    links = [folder]
    while links:
        pending = [links.pop(0)]
        while pending:
            current = pending.pop()
            real = os.path.realpath(current)
            if real in visited:
                continue
            visited.add(real)
            try:
                entries = sorted(os.scandir(current), key=lambda entry: entry.name)
            except OSError as error:
                found.problems.append((current, f"cannot be read: {error.strerror}"))
                continue
            shown = [entry for entry in entries if not entry.name.startswith(".")]
            folders = [entry for entry in shown if _is_folder(entry)]
            yield from (Path(entry.path) for entry in shown if not _is_folder(entry))
            links.extend(Path(entry.path) for entry in folders if entry.is_symlink())
            pending.extend(Path(entry.path) for entry in reversed(folders) if not entry.is_symlink())


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder or a link to one; a link to itself is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False
