"""The nine defects, what a detector says about them and how readily."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Defect(StrEnum):
    """A defect of a listing photo. The values are public API and never change."""

    BLUR = "blur"
    LOW_LIGHT = "low_light"
    LOW_CONTRAST = "low_contrast"
    POOR_WHITE_BALANCE = "poor_white_balance"
    NOISY = "noisy"
    HAZY = "hazy"
    JPEG_ARTIFACTS = "jpeg_artifacts"
    GLARING = "glaring"
    ROTATION = "rotation"


class Sensitivity(StrEnum):
    """How readily a defect counts as found. The values are public API."""

    CAREFUL = "careful"
    NORMAL = "normal"
    EAGER = "eager"


class Subject(StrEnum):
    """What kind of picture it is: not every one is a photo that could be better. The values are public API."""

    PHOTO = "photo"
    GRAPHIC = "graphic"
    TONED = "toned"
    NIGHT = "night"
    COLOURED_SKY = "coloured_sky"


@dataclass(frozen=True, slots=True)
class Finding:
    """How much of one defect a photo shows.

    Attributes:
        defect: Which defect.
        severity: In [0, 1]; 0 is a photo free of it, 1 as bad as the calibration photos get.
        threshold: In (0, 1]; the severity from which the defect counts as found.
    """

    defect: Defect
    severity: float
    threshold: float

    @property
    def found(self) -> bool:
        return self.severity >= self.threshold


@dataclass(frozen=True, slots=True)
class Report:
    """What the detector saw in one photo.

    Attributes:
        width: Full width as displayed (after EXIF orientation), pixels.
        height: Full height as displayed, pixels.
        format: Format of the file, as `imaging.formats.ImageFormat` spells it, e.g. "jpeg".
        angle_deg: The most likely tilt of the camera, however sure; positive when the scene leans
            counter-clockwise, so that turning the photo clockwise by it makes verticals vertical.
        findings: One for each defect, in the order of `Defect`.
        subject: What kind of picture it is; of some, some defects are none, and their severity is 0.
    """

    width: int
    height: int
    format: str
    angle_deg: float
    findings: tuple[Finding, ...]
    subject: Subject = Subject.PHOTO

    @property
    def found(self) -> tuple[Defect, ...]:
        """The defects that count as found, in the order of `Defect`."""
        return tuple(f.defect for f in self.findings if f.found)

    def severity(self, defect: Defect) -> float:
        """Severity of one defect, in [0, 1]."""
        return next(f.severity for f in self.findings if f.defect is defect)
