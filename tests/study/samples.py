"""Decisions and studies that the tests of the store share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from imaging.defects import Defect
from study.decisions import Decision
from study.results import PhotoVersions
from study.store import Store

WHEN = datetime(2026, 2, 10, 12, tzinfo=UTC)


def decision(photo: object = "kitchen", **changes: Any) -> Decision:
    """A decision on a photo, which stands for its own name's digest."""
    values: dict[str, Any] = {
        "found": (Defect.LOW_LIGHT, Defect.ROTATION),
        "repaired": {Defect.LOW_LIGHT: 1.0},
        "adjustments": {"exposure": 0.3},
        "kept": True,
        "decided_at": WHEN,
        "version": "0.1.0",
    }
    return Decision(sha256(str(photo).encode()).hexdigest(), **(values | changes))


def versions(photo: str, looks: Mapping[str, str], found: Sequence[Defect] = ()) -> PhotoVersions:
    """A photo whose variants look as named; what looks the same is the same file."""
    return PhotoVersions(photo, tuple(found), {name: f"{photo} {look}".encode() for name, look in looks.items()})


def make_study(store: Store, photos: int, variants: Sequence[str] = ("a", "b", "c"), name: str = "study") -> None:
    """Make a study in which all variants of all photos differ; every other photo is hazy."""
    store.create_study(
        name,
        name.title(),
        variants,
        [
            versions(f"{i}.jpg", {variant: variant for variant in variants}, [Defect.HAZY] if i % 2 else [])
            for i in range(photos)
        ],
    )
