"""What people decided on results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from imaging.defects import Defect


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on one result.

    Attributes:
        photo: SHA-256 of the uploaded file, hex.
        found: The defects that were found.
        repaired: Strength in [0, 1] of each repair.
        adjustments: Manual settings that are not at 0.
        kept: Whether the result was kept rather than discarded.
        decided_at: When, with a time zone.
        version: Of the program that answered.
    """

    photo: str
    found: tuple[Defect, ...]
    repaired: Mapping[Defect, float]
    adjustments: Mapping[str, float]
    kept: bool
    decided_at: datetime
    version: str

    @property
    def id(self) -> str:
        """Digest of the result: the photo and all that was done to it, in whatever order it was named."""
        result = {"photo": self.photo, "repaired": dict(self.repaired), "adjustments": dict(self.adjustments)}
        return sha256(json.dumps(result, sort_keys=True).encode()).hexdigest()
