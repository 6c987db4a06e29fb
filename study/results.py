"""What a study holds, as it goes in and comes out of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from imaging.defects import Defect

Side = Literal["left", "right", "same"]
"""What a participant picks; "same" is no difference."""

Answer = Literal["first", "second", "same"]
"""The same, whatever side a version was shown on."""


@dataclass(frozen=True, slots=True)
class PhotoVersions:
    """One photo of a new study.

    Attributes:
        name: Of the photo, unique in the study; participants never see it.
        found: The defects that were found in it.
        jpegs: A JPEG file for each variant, by its name.
    """

    name: str
    found: tuple[Defect, ...]
    jpegs: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class StudyEntry:
    """A line of the list of studies: its name and title, and how many photos and pairs it has."""

    name: str
    title: str
    photos: int
    pairs: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How many pairs a participant has answered, of how many there are."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class AskedPair:
    """A pair as a participant sees it: its id, and the ids of the images on either side."""

    id: str
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """What comes back for a choice.

    Attributes:
        first_time: Whether this pair had not been answered before; if it had, the first answer stands.
        agreed: How many of the others gave the same answer.
        asked: How many others have answered.
        progress: Of this participant.
    """

    first_time: bool
    agreed: int
    asked: int
    progress: Progress


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer.

    Attributes:
        participant: A number that stands for the participant.
        pair: Id of the pair.
        photo: Name of the photo.
        first: The variants whose result the first version is.
        second: Those of the second.
        answer: Which one they preferred.
        first_on_left: Whether the first version was shown on the left.
        response_ms: How long they looked, milliseconds, as their browser says.
    """

    participant: int
    pair: str
    photo: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    answer: Answer
    first_on_left: bool
    response_ms: int

    @property
    def side(self) -> Side:
        """The side they picked."""
        if self.answer == "same":
            return "same"
        return "left" if (self.answer == "first") == self.first_on_left else "right"


@dataclass(frozen=True, slots=True)
class Study:
    """A study with all its answers.

    Attributes:
        name: Of the study.
        title: For people.
        variants: Their names, in the editor's order.
        found: The defects found in each photo, by its name.
        choices: In the order they were made.
    """

    name: str
    title: str
    variants: tuple[str, ...]
    found: Mapping[str, tuple[Defect, ...]]
    choices: tuple[Choice, ...]
