"""The report of a study: the ranking over all, by defect and by photo, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imaging.defects import Defect
from study.participants import Agreement, Suspicion, agreement, suspicious
from study.ranking import Rank, rank, win_matrix
from study.results import Study

RESAMPLES = 1000
"""Enough for the ends of a 95 % interval (B. Efron and R. J. Tibshirani, An introduction to the bootstrap, 1993)."""

RESAMPLES_OF_A_PART = 200
"""For a defect or a photo: there are many, and few choices of each, so that their intervals are wide anyway."""


@dataclass(frozen=True, slots=True)
class StudyReport:
    """What a study found.

    Attributes:
        name: Of the study.
        title: For people.
        participants: How many answered at least once.
        choices: How many answers there are.
        ranking: Best first.
        defects: The ranking on the photos in which a defect was found.
        photos: The ranking on each photo, by its name; empty unless it was asked for.
        wins: How often a variant beat another one, by both their names; draws count half for both.
        agreement: Between participants; None when no pair was answered twice.
        suspicious: Participants to look at. Their answers count like all others.
    """

    name: str
    title: str
    participants: int
    choices: int
    ranking: tuple[Rank, ...]
    defects: Mapping[Defect, tuple[Rank, ...]]
    photos: Mapping[str, tuple[Rank, ...]]
    wins: Mapping[str, Mapping[str, float]]
    agreement: Agreement | None
    suspicious: tuple[Suspicion, ...]


def report(study: Study, by_photo: bool) -> StudyReport:
    """Evaluate a study.

    Args:
        study: With its answers.
        by_photo: Whether to rank on each photo as well, a tenth of a second for each.
    """

    def ranked(photos: set[str]) -> tuple[Rank, ...]:
        chosen = [choice for choice in study.choices if choice.photo in photos]
        return rank(chosen, study.variants, RESAMPLES_OF_A_PART)

    with_defect = {defect: {name for name, found in study.found.items() if defect in found} for defect in Defect}
    wins = win_matrix(study.choices, study.variants).tolist()
    return StudyReport(
        study.name,
        study.title,
        len({choice.participant for choice in study.choices}),
        len(study.choices),
        rank(study.choices, study.variants, RESAMPLES),
        {defect: ranking for defect, photos in with_defect.items() if (ranking := ranked(photos))},
        {name: ranking for name in study.found if (ranking := ranked({name}))} if by_photo else {},
        {one: dict(zip(study.variants, row, strict=True)) for one, row in zip(study.variants, wins, strict=True)},
        agreement(study.choices),
        suspicious(study.choices),
    )
