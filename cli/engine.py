"""What repairs a photo for the command line: a service, or this process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from imaging.defects import Defect
from imaging.formats import ImageFormat


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asks for; None leaves the choice to the engine.

    Attributes:
        defects: Repair these, found or not, and nothing else; empty to repair what is found.
        strategy: "first" or "all" of the defects that are found.
        sensitivity: "careful", "normal" or "eager": how readily a defect counts as found.
        strength: In [0, 1].
        format: Format of the results; None for that of each original.
        quality: Of lossy formats, in [1, 100].
        max_side: Long side of the results at most, pixels.
        keep_metadata: Whether EXIF (with the place) and the colour profile go into the results.
    """

    defects: tuple[Defect, ...] = ()
    strategy: str | None = None
    sensitivity: str | None = None
    strength: float | None = None
    format: ImageFormat | None = None
    quality: int | None = None
    max_side: int | None = None
    keep_metadata: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one photo.

    Attributes:
        found: Names of the defects that were found; a newer service may know more of them than this client.
        fixed: Names of those that were repaired.
        data: The repaired photo as a file; None when there is nothing to repair.
        format: Its format; None without data.
    """

    found: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    data: bytes | None = None
    format: ImageFormat | None = None


class EngineError(Exception):
    """This photo failed. The message says why in plain words."""


class EngineDownError(EngineError):
    """No photo can be repaired: it is of no use to try the next one."""


class Engine(Protocol):
    """Repairs photos, several at once."""

    @property
    def default_jobs(self) -> int:
        """How many photos at once suit it."""

    def enhance(self, data: bytes, format_: ImageFormat) -> Answer:
        """Repair one photo; called from several threads.

        Args:
            data: The file.
            format_: What its content announces.

        Raises:
            EngineError: The photo failed.
            EngineDownError: Every photo would fail.
        """
