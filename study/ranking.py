"""From choices to a ranking: how good each variant is, and how sure that is.

The model is that of R. A. Bradley and M. E. Terry (Rank analysis of incomplete block designs, Biometrika 39, 1952),
fitted by the library choix (L. Maystre and M. Grossglauser, Fast and accurate inference of Plackett–Luce models, NIPS
2015). "No difference" counts as half a win for either side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import choix
import numpy as np
from numpy.typing import NDArray

from study.results import Choice

PRIOR = 0.1
"""choix's `alpha`: a trace of a draw between any two variants, which keeps the worth of one that won or lost every time
finite. At equal worth a comparison weighs 0.5 on the same scale."""

TOLERANCE = 1e-4
"""When the fit stops: a hundredth of the narrowest interval worth reading."""

MAX_ITERATIONS = 10_000
INTERVAL_PERCENT = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Rank:
    """Where one variant stands.

    Attributes:
        variant: Its name.
        worth: Log worth; 0 is the average of the ranking. One variant is preferred to another with the odds
            exp(difference).
        low: Lower end of the 95 % bootstrap interval of the worth.
        high: Its upper end.
        wins: How many comparisons it won; draws count half.
        comparisons: How many it was in.
    """

    variant: str
    worth: float
    low: float
    high: float
    wins: float
    comparisons: int


def win_matrix(choices: Sequence[Choice], variants: Sequence[str]) -> NDArray[np.float64]:
    """Return how often each variant (row) beat each other one (column), shape (V, V); draws count half for both."""
    return _wins_by_choice(choices, variants).sum(axis=0)


def rank(choices: Sequence[Choice], variants: Sequence[str], resamples: int, seed: int = 0) -> tuple[Rank, ...]:
    """Rank the variants that were compared, best first.

    The intervals come from a two-stage bootstrap (A. C. Davison and D. V. Hinkley, Bootstrap methods and their
    application, 1997, 3.8): participants are drawn, and then choices of each, since one person's choices are alike.
    With few participants that is rather too wide than too narrow.

    Args:
        choices: Any choices of one study.
        variants: Its variants.
        resamples: How many times the choices are drawn again.
        seed: Of the draws.
    """
    if not choices:
        return ()
    choices = sorted(choices, key=lambda choice: choice.participant)
    by_choice = _wins_by_choice(choices, variants)
    wins = by_choice.sum(axis=0)
    compared = np.flatnonzero(wins.sum(axis=0) + wins.sum(axis=1))
    by_choice = by_choice[:, compared][:, :, compared]
    wins = by_choice.sum(axis=0)
    worth = _fit(wins)
    _, starts, sizes = np.unique([choice.participant for choice in choices], return_index=True, return_counts=True)
    random = np.random.default_rng(seed)
    drawn = [
        _fit(np.tensordot(_draw(starts, sizes, len(choices), random), by_choice, axes=1), worth)
        for _ in range(resamples)
    ]
    low, high = np.percentile(drawn, INTERVAL_PERCENT, axis=0)
    comparisons = wins.sum(axis=0) + wins.sum(axis=1)
    ranks = [
        Rank(
            variants[int(index)],
            float(worth[i]),
            float(low[i]),
            float(high[i]),
            float(wins[i].sum()),
            round(float(comparisons[i])),
        )
        for i, index in enumerate(compared)
    ]
    return tuple(sorted(ranks, key=lambda rank: -rank.worth))


def _wins_by_choice(choices: Sequence[Choice], variants: Sequence[str]) -> NDArray[np.float64]:
    """The win matrix of each choice, shape (N, V, V); a version that is several variants' result speaks for each."""
    index = {variant: i for i, variant in enumerate(variants)}
    wins = np.zeros((len(choices), len(variants), len(variants)))
    first_wins = {"first": 1.0, "same": 0.5, "second": 0.0}
    for n, choice in enumerate(choices):
        share = first_wins[choice.answer]
        for first, second in product(choice.first, choice.second):
            wins[n, index[first], index[second]] = share
            wins[n, index[second], index[first]] = 1 - share
    return wins


def _draw(
    starts: NDArray[np.int64], sizes: NDArray[np.int64], count: int, random: np.random.Generator
) -> NDArray[np.int64]:
    """How often each of `count` choices is drawn, shape (count,); those of participant p begin at starts[p]."""
    people = random.integers(len(starts), size=len(starts))
    begin, size = np.repeat(starts[people], sizes[people]), np.repeat(sizes[people], sizes[people])
    return np.bincount(begin + (random.random(len(size)) * size).astype(np.int64), minlength=count)


def _fit(wins: NDArray[np.float64], start: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Log worth of each variant, shape (V,), mean 0."""
    return choix.ilsr_pairwise_dense(
        wins, alpha=PRIOR, initial_params=start, max_iter=MAX_ITERATIONS, tol=TOLERANCE * len(wins)
    )
