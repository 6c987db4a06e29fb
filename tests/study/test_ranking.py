from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from study.ranking import rank, win_matrix
from study.results import Choice
from tests.study.simulation import Ask, blindly, most_uncertain, simulate

VARIANTS = ("a", "b", "c", "d")
# Of two neighbours the better one is preferred two times in three.
WORTH = {variant: 0.7 * i for i, variant in enumerate(VARIANTS)}
BEST_FIRST = ["d", "c", "b", "a"]
STUDIES = 40


def recovered(choices: int, ask: Ask = most_uncertain) -> int:
    """Of so many simulated studies, in how many the true order comes out after that many choices."""
    studies = (simulate(WORTH, choices, seed, ask=ask) for seed in range(STUDIES))
    return sum([each.variant for each in rank(study, VARIANTS, resamples=1)] == BEST_FIRST for study in studies)


@pytest.mark.parametrize(("choices", "at_least"), [(120, 34), (240, 39)])
def test_so_many_choices_of_ten_people_recover_the_order_of_four_variants(choices: int, at_least: int) -> None:
    assert recovered(choices) >= at_least


def test_asking_what_is_uncertain_needs_fewer_choices_than_asking_blindly() -> None:
    assert recovered(80) > recovered(80, blindly) + STUDIES // 20


def test_the_intervals_hold_the_truth() -> None:
    truth = np.array(list(WORTH.values())) - np.mean(list(WORTH.values()))
    inside = []
    for seed in range(15):
        ranks = {each.variant: each for each in rank(simulate(WORTH, 200, seed, draws=0), VARIANTS, resamples=100)}
        inside += [ranks[v].low <= true <= ranks[v].high for v, true in zip(VARIANTS, truth, strict=True)]
    assert np.mean(inside) >= 0.9


def test_the_worth_is_that_of_the_odds() -> None:
    ranks = rank(simulate({"a": 0.0, "b": np.log(3)}, 600, 1, photos=60, draws=0), ("a", "b"), resamples=1)
    assert ranks[0].variant == "b"
    assert ranks[0].worth - ranks[1].worth == pytest.approx(np.log(3), abs=0.25)
    assert sum(each.worth for each in ranks) == pytest.approx(0)


def choice(first: tuple[str, ...], second: tuple[str, ...], **changes: object) -> Choice:
    return replace(Choice(1, "pair", "photo", first, second, "first", True, 1500), **changes)  # type: ignore[arg-type]


def test_wins_are_counted_once_for_each_variant_and_draws_by_halves() -> None:
    choices = [choice(("a", "b"), ("c",)), choice(("a",), ("c",), answer="same"), choice(("a",), ("c",))]
    expected = [[0, 0, 2.5, 0], [0, 0, 1, 0], [0.5, 0, 0, 0], [0, 0, 0, 0]]
    np.testing.assert_array_equal(win_matrix(choices, VARIANTS), expected)


def test_one_choice_is_a_ranking_of_two_with_its_doubt() -> None:
    best, worst = rank([choice(("a",), ("c",))], VARIANTS, resamples=10)
    assert (best.variant, best.wins, best.comparisons) == ("a", 1, 1)
    assert (worst.variant, worst.wins, worst.comparisons) == ("c", 0, 1)
    assert np.isfinite([best.worth, worst.worth]).all()


def test_nothing_chosen_is_no_ranking() -> None:
    assert rank([], VARIANTS, resamples=10) == ()


def test_one_participant_leaves_doubt() -> None:
    choices = simulate(WORTH, 40, 0, participants=1)
    assert all(each.low < each.worth < each.high for each in rank(choices, VARIANTS, resamples=100))
