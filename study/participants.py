"""How far participants agree, and whose answers had better not be trusted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Literal

from scipy.stats import binomtest

from study.results import Answer, Choice

FEWEST_CHOICES = 10
"""Nobody is suspected for less."""

TOO_FAST_MS = 450
"""Median time from seeing a single photo to a button for what is in it (S. Thorpe, D. Fize and C. Marlot, Speed of
processing in the human visual system, Nature 381, 1996). Comparing two takes longer."""

ONE_SIDED_BELOW = 0.001
"""Probability of so uneven a split between left and right by chance; sides are drawn evenly for everybody."""

Reason = Literal["one side", "too fast"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two participants gave the same answer about a pair.

    Attributes:
        pairs: How many pairs were answered by two or more.
        share: Of two of their answers, how many were the same, in [0, 1].
        by_chance: What `share` would be if they answered blindly, with as many "no difference" among the answers.
    """

    pairs: int
    share: float
    by_chance: float


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A participant whose answers may not tell what they saw: their number, how many answers, and why."""

    participant: int
    choices: int
    reasons: tuple[Reason, ...]


def agreement(choices: Iterable[Choice]) -> Agreement | None:
    """Return how far participants agree; None when no pair was answered twice."""
    by_pair: dict[str, Counter[Answer]] = defaultdict(Counter)
    for choice in choices:
        by_pair[choice.pair][choice.answer] += 1
    shared = [answers for answers in by_pair.values() if answers.total() > 1]
    if not shared:
        return None
    same = sum(n * (n - 1) for answers in shared for n in answers.values())
    both = sum(answers.total() * (answers.total() - 1) for answers in shared)
    draws = sum(answers["same"] for answers in shared) / sum(answers.total() for answers in shared)
    return Agreement(len(shared), same / both, draws**2 + (1 - draws) ** 2 / 2)


def suspicious(choices: Iterable[Choice]) -> tuple[Suspicion, ...]:
    """Return the participants who kept to one side, or were faster than one can look."""
    by_participant: dict[int, list[Choice]] = defaultdict(list)
    for choice in choices:
        by_participant[choice.participant].append(choice)
    found = (Suspicion(person, len(made), _reasons(made)) for person, made in sorted(by_participant.items()))
    return tuple(suspicion for suspicion in found if suspicion.reasons)


def _reasons(choices: list[Choice]) -> tuple[Reason, ...]:
    if len(choices) < FEWEST_CHOICES:
        return ()
    reasons: list[Reason] = []
    sides = Counter(choice.side for choice in choices)
    decided = sides["left"] + sides["right"]
    if decided and binomtest(sides["left"], decided).pvalue < ONE_SIDED_BELOW:
        reasons.append("one side")
    if median(choice.response_ms for choice in choices) < TOO_FAST_MS:
        reasons.append("too fast")
    return tuple(reasons)
