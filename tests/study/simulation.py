"""Participants who prefer variants with known odds, and the choices that come of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from random import Random

from study.pairs import Tally, choose_pairs
from study.results import Answer, Choice

Ask = Callable[[Sequence[Tally], set[str], Random], str]


def most_uncertain(tallies: Sequence[Tally], asked: set[str], random: Random) -> str:
    """Ask what the store asks."""
    [pair] = choose_pairs(tallies, asked, 1, random)
    return pair


def blindly(tallies: Sequence[Tally], asked: set[str], random: Random) -> str:
    """Ask anything."""
    return random.choice([tally.pair for tally in tallies if tally.pair not in asked])


def simulate(
    worth: Mapping[str, float],
    count: int,
    seed: int,
    *,
    photos: int = 10,
    participants: int = 10,
    draws: float = 0.1,
    ask: Ask = most_uncertain,
) -> list[Choice]:
    """Let participants choose in turn, each pair once.

    Args:
        worth: True log worth of each variant.
        count: How many choices are made.
        seed: Of all that is random.
        photos: How many; every one has a pair of each two variants.
        participants: How many.
        draws: Share of "no difference".
        ask: Chooses the pair to ask about.
    """
    random = Random(seed)
    photo_of = {f"{photo}{x}{y}": str(photo) for photo in range(photos) for x, y in combinations(worth, 2)}
    tallies = {pair: Tally(pair, (pair[-2],), (pair[-1],), 0, 0.0, 0) for pair in photo_of}
    asked: list[set[str]] = [set() for _ in range(participants)]
    choices = []
    for turn in range(count):
        person = turn % participants
        pair = ask(list(tallies.values()), asked[person], random)
        asked[person].add(pair)
        first, second = pair[-2], pair[-1]
        prefers_first = random.random() < 1 / (1 + math.exp(worth[second] - worth[first]))
        answer: Answer = "same" if random.random() < draws else "first" if prefers_first else "second"
        tally = tallies[pair]
        tallies[pair] = replace(
            tally,
            handed_out=tally.handed_out + 1,
            first_won=tally.first_won + {"first": 1.0, "same": 0.5, "second": 0.0}[answer],
            answered=tally.answered + 1,
        )
        left = random.random() < 0.5
        choices.append(Choice(person, pair, photo_of[pair], (first,), (second,), answer, left, 1500))
    return choices
