"""`belvedere study create`: repairs a folder of photos in several ways and makes a study of them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track

from cli.photos import PhotoFile, find_photos
from cli.summary import printable
from cli.variants import Variant, as_shown, parse_variant, render
from imaging.codec import decode
from imaging.defects import Defect
from imaging.errors import BelvedereError
from imaging.limits import Limits
from study.results import PhotoVersions
from study.store import Store

Elsewhere = dict[str, dict[Path, Path]]
"""The files of variants made elsewhere: by the variant's name, by their place in the folder without suffix."""


def run(args: argparse.Namespace, store: Store) -> int:
    """Make a study; return the exit status: 1 when some photos had to be left out.

    Raises:
        ValueError: The arguments do not fit together.
        BelvedereError: The store does not answer.
    """
    variants = [parse_variant(text) for text in args.variants]
    elsewhere: Elsewhere = dict(_find_elsewhere(text) for text in args.variant)
    names = [*(variant.name for variant in variants), *elsewhere]
    if len(names) < 2 or len(set(names)) < len(args.variants) + len(args.variant):
        raise ValueError("a study compares two variants or more, each named once")
    if any(entry.name == args.name for entry in store.studies()):
        raise ValueError(f"there is a study {args.name!r} already; choose another name")
    found = find_photos([args.folder])
    if not found.photos:
        raise ValueError(f"there is no photo in {printable(args.folder)}")
    left_out = list(found.problems)
    # Made first and stored in one go: the service can write meanwhile, and nobody is asked about half a study.
    with TemporaryDirectory(prefix="belvedere-") as folder:
        made: list[tuple[str, tuple[Defect, ...], dict[str, Path]]] = []
        quiet = not sys.stderr.isatty()
        for photo in track(found.photos, "photos", console=Console(stderr=True), transient=True, disable=quiet):
            try:
                defects, jpegs = _versions(photo, variants, elsewhere)
            except (BelvedereError, OSError) as error:
                left_out.append((photo.source, str(error)))
                continue
            files = {name: Path(folder) / f"{len(made)}-{i}" for i, name in enumerate(jpegs)}
            for name, file in files.items():
                file.write_bytes(jpegs[name])
            made.append((str(photo.relative), defects, files))
        store.create_study(args.name, args.title or args.name, names, _read(made))
    for path, reason in left_out:
        print(f"{printable(path)}: left out: {reason}", file=sys.stderr)
    [entry] = [entry for entry in store.studies() if entry.name == args.name]
    print(f"{entry.photos} photos, {entry.pairs} pairs; people take part at /study/{entry.name}")
    return 1 if left_out else 0


def _find_elsewhere(text: str) -> tuple[str, dict[Path, Path]]:
    name, _, folder = text.partition("=")
    if not name or not Path(folder).is_dir() or any(letter.isspace() for letter in name):
        raise ValueError(f"{text!r} is not NAME=FOLDER, with a name without blanks and a folder that is there")
    return name, {photo.relative.with_suffix(""): photo.source for photo in find_photos([Path(folder)]).photos}


def _versions(
    photo: PhotoFile, variants: list[Variant], elsewhere: Elsewhere
) -> tuple[tuple[Defect, ...], dict[str, bytes]]:
    """Return the defects found in a photo, and its versions by the names of the variants.

    Raises:
        BelvedereError: It, or a version made elsewhere, is no photo.
        OSError: One cannot be read, or is not there.
    """
    defects, jpegs = render(photo.source.read_bytes(), variants)
    for name, files in elsewhere.items():
        file = files.get(photo.relative.with_suffix(""))
        if file is None:
            raise FileNotFoundError(f"{name} has no file of that name")
        jpegs[name] = as_shown(decode(file.read_bytes(), Limits()))
    return defects, jpegs


def _read(made: list[tuple[str, tuple[Defect, ...], dict[str, Path]]]) -> Iterator[PhotoVersions]:
    for name, defects, files in made:
        yield PhotoVersions(name, defects, {variant: file.read_bytes() for variant, file in files.items()})
