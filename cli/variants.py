"""The variants of a study: how each is asked for, and how a photo becomes one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from detector import detect, severity_of
from enhancers import build_enhancer
from enhancers.base import AnyEnhancer
from enhancers.plan import Strategy, plan, plan_for
from enhancers.repair import repair
from imaging.codec import EncodeOptions, Photo, decode, decode_view, encode, shrink
from imaging.defects import Defect, Report
from imaging.formats import ImageFormat
from imaging.limits import Limits

MAX_SIDE_PX = 1600
"""Two photos side by side on a large screen, or one on a phone's, have no more pixels."""

QUALITY = 92
"""JPEG quality at which the compression of a study's photos is no part of what is compared."""

ORIGINAL = "original"


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to repair photos.

    Attributes:
        name: In the report; without blanks.
        what: Which of the found defects, or one defect, found or not; None leaves the photo as it is.
        strength: In [0, 1].
        checkpoints: Checkpoints in place of the packaged ones.
    """

    name: str
    what: Strategy | Defect | None
    strength: float = 1.0
    checkpoints: Mapping[Defect, Path] | None = None


def parse_variant(text: str) -> Variant:
    """Return the variant that `WHAT[:STRENGTH][@DEFECT=FILE]…` asks for; it is named as it is asked for, less folders.

    Raises:
        ValueError: There is no such variant.
    """
    recipe, *given = text.split("@")
    what, _, strength_text = recipe.partition(":")
    kinds: dict[str, Strategy | Defect | None] = {ORIGINAL: None, **{kind: kind for kind in (*Strategy, *Defect)}}
    if what not in kinds:
        raise ValueError(f"there is no variant {what!r}; there are {', '.join(kinds)}")
    try:
        strength = float(strength_text or 1)
        checkpoints = {Defect(name): Path(path) for name, _, path in (each.partition("=") for each in given)}
    except ValueError:
        raise ValueError(f"{text!r} is not WHAT, WHAT:STRENGTH or WHAT@DEFECT=FILE") from None
    if not 0 <= strength <= 1:
        raise ValueError(f"{text!r}: a strength is from 0 to 1")
    if missing := [path for path in checkpoints.values() if not path.is_file()]:
        raise ValueError(f"{text!r}: {missing[0]} is no file")
    name = "@".join([recipe, *(f"{defect}={path.stem}" for defect, path in checkpoints.items())])
    return Variant(re.sub(r"\s", "_", name), kinds[what], strength, checkpoints)


def render(data: bytes, variants: list[Variant]) -> tuple[tuple[Defect, ...], dict[str, bytes]]:
    """Return the defects found in a photo, and its variants as JPEG files by their names.

    A repair is checked as the service does: one that does not lessen a found defect is dropped.

    Raises:
        BelvedereError: It is no photo.
    """
    photo = decode(data, Limits())
    header, view = decode_view(data, Limits())
    report = detect(width=header.width, height=header.height, format=header.format, view=view)
    return report.found, {variant.name: as_shown(_repaired(photo, report, variant)) for variant in variants}


def as_shown(photo: Photo) -> bytes:
    """Return a photo as a study shows it: a JPEG file in sRGB, without metadata, of at most `MAX_SIDE_PX`."""
    return encode(shrink(photo, MAX_SIDE_PX), EncodeOptions(ImageFormat.JPEG, QUALITY, keep_metadata=False))


def _repaired(photo: Photo, report: Report, variant: Variant) -> Photo:
    checkpoints = variant.checkpoints or {}

    def enhancer_for(defect: Defect) -> AnyEnhancer:
        return _enhancer(defect, checkpoints.get(defect))

    match variant.what:
        case None:
            return photo
        case Strategy():
            steps = plan(report, variant.what, variant.strength)
            return repair(photo, steps, enhancer_for, severity_of)[0]
        case _:
            return repair(photo, plan_for([variant.what], variant.strength), enhancer_for, None)[0]


@cache
def _enhancer(defect: Defect, checkpoint: Path | None) -> AnyEnhancer:
    return build_enhancer(defect, weights=checkpoint)
