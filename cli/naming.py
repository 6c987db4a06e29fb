"""Which file of the output folder each photo goes to."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from cli.engine import Options
from cli.originals import kept_format, repaired_format
from cli.photos import PHOTO_SUFFIXES, SUFFIXES, PhotoFile
from imaging.formats import ImageFormat


@dataclass(frozen=True, slots=True)
class Target:
    """Where one photo goes.

    Attributes:
        photo: The photo.
        stem: Path under the output folder, without the suffix that says the format.
        repaired: Path under the output folder if it comes back repaired.
        kept: Path under the output folder if there is nothing to repair; often the same.
    """

    photo: PhotoFile
    stem: Path
    repaired: Path
    kept: Path


class Names:
    """Hands out the paths under the output folder, none of them twice.

    Paths that differ in case only count as the same, as they do on the disks of most phones and laptops.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._lock = threading.Lock()

    def assign(self, photos: Sequence[PhotoFile], options: Options) -> list[Target]:
        """Return a target for each photo, in their order.

        A photo whose name need not change has the first claim to it: `IMG_1.heic` beside `IMG_1.jpg`, both of which
        come back as JPEG, gets `IMG_1-2.jpg`. So names depend on what is there, never on who is done first.
        """
        suffixes = [
            (suffix(photo, repaired_format(photo.format, options)), suffix(photo, kept_format(photo.format, options)))
            for photo in photos
        ]
        renamed = [photo.relative.suffix != own[0] for photo, own in zip(photos, suffixes, strict=True)]
        stems: dict[int, Path] = {}
        for at in sorted(range(len(photos)), key=renamed.__getitem__):
            stems[at] = self._reserve(_stem(photos[at].relative), suffixes[at])
        return [
            Target(photo, stems[at], _append(stems[at], suffixes[at][0]), _append(stems[at], suffixes[at][1]))
            for at, photo in enumerate(photos)
        ]

    def unforeseen(self, target: Target, format_: ImageFormat) -> Path:
        """Return a path under the output folder for a photo that came back in another format than it was asked in."""
        own = suffix(target.photo, format_)
        return _append(self._reserve(target.stem, (own,)), own)

    def _reserve(self, stem: Path, suffixes: Sequence[str]) -> Path:
        """Return the stem, numbered if need be, with which none of the suffixes makes a path that is taken."""
        with self._lock:
            for number in count(1):
                candidate = stem if number == 1 else _append(stem, f"-{number}")
                paths = {str(_append(candidate, own)).casefold() for own in suffixes}
                if not paths & self._taken:
                    self._taken |= paths
                    return candidate
        raise AssertionError("count() does not end")


def suffix(photo: PhotoFile, format_: ImageFormat) -> str:
    """Return the suffix for a format, in the photo's own spelling (".JPG", ".jpeg") where that says the same format."""
    own = photo.relative.suffix
    return own if own.lower() in SUFFIXES[format_] else SUFFIXES[format_][0]


def _stem(path: Path) -> Path:
    """Return the path without its suffix, if that is one of a photo: `living.room` has none."""
    return path.with_name(path.stem) if path.suffix.lower() in PHOTO_SUFFIXES else path


def _append(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
