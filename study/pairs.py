"""Which pairs a participant is asked next: those that make the ranking certain fastest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import product
from random import Random


@dataclass(frozen=True, slots=True)
class Tally:
    """A pair of versions of one photo, and what was answered so far.

    Attributes:
        pair: Its id.
        first: The variants whose result the first version is, one or more.
        second: Those of the second version.
        handed_out: How many participants were asked, whether they have answered or not.
        first_won: How many preferred the first version; a "no difference" counts half.
        answered: How many have answered.
    """

    pair: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    handed_out: int
    first_won: float
    answered: int


def choose_pairs(tallies: Iterable[Tally], excluded: Collection[str], count: int, random: Random) -> list[str]:
    """Return the ids of up to `count` pairs to ask next.

    First those between variants whose order is least certain: the variance of the Beta posterior of "one beats the
    other", from a uniform prior, which is largest where there are few answers and where they are split. Among these the
    photo asked least, so that no photo decides alone; then chance.

    Args:
        tallies: All pairs of the study.
        excluded: Pairs this participant has been asked.
        count: How many to choose.
        random: Breaks ties.
    """
    tallies = list(tallies)
    won: dict[tuple[str, str], float] = defaultdict(float)
    answered: dict[tuple[str, str], int] = defaultdict(int)
    for tally in tallies:
        for one, other in product(tally.first, tally.second):
            won[one, other] += tally.first_won
            won[other, one] += tally.answered - tally.first_won
            answered[one, other] += tally.answered
            answered[other, one] += tally.answered

    def uncertainty(one: str, other: str) -> float:
        a, n = won[one, other] + 1, answered[one, other] + 2
        return a * (n - a) / (n * n * (n + 1))

    def urgency(tally: Tally) -> tuple[float, int, float]:
        most = max(uncertainty(one, other) for one, other in product(tally.first, tally.second))
        return -most, tally.handed_out, random.random()

    candidates = [tally for tally in tallies if tally.pair not in excluded]
    return [tally.pair for tally in sorted(candidates, key=urgency)[:count]]
