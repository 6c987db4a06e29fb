from __future__ import annotations

from random import Random

from study.pairs import Tally, choose_pairs


def tally(pair: str, first: str, second: str, first_won: float = 0, answered: int = 0, waiting: int = 0) -> Tally:
    return Tally(pair, tuple(first), tuple(second), answered + waiting, first_won, answered)


def test_what_is_decided_gives_way_to_what_is_split() -> None:
    tallies = [tally("decided", "a", "b", 10, 10), tally("split", "b", "c", 5, 10)]
    assert choose_pairs(tallies, (), 2, Random(0)) == ["split", "decided"]


def test_what_was_compared_least_comes_first() -> None:
    tallies = [tally("often", "a", "b", 5, 10), tally("seldom", "b", "c", 1, 2)]
    assert choose_pairs(tallies, (), 1, Random(0)) == ["seldom"]


def test_among_the_photos_of_two_variants_the_one_asked_least() -> None:
    tallies = [
        tally("one", "a", "b", 1, 2),
        tally("two", "b", "a", 1, 1, waiting=2),
        tally("three", "a", "b", 1, 1),
    ]
    assert choose_pairs(tallies, (), 3, Random(0)) == ["three", "one", "two"]


def test_the_answers_on_all_photos_count_for_a_pair_of_variants() -> None:
    known = [tally(f"{i}", "a", "b", 1, 1) for i in range(9)]
    tallies = [*known, tally("new photo", "a", "b"), tally("other variants", "a", "c", 1, 2)]
    assert choose_pairs(tallies, (), 2, Random(0)) == ["other variants", "new photo"]


def test_a_version_of_several_variants_is_worth_its_least_certain_one() -> None:
    tallies = [tally("ab", "a", "b", 9, 9), tally("cd with a", "ac", "d"), tally("ac", "a", "d", 9, 9)]
    assert choose_pairs(tallies, (), 1, Random(0)) == ["cd with a"]


def test_nothing_twice_and_no_more_than_there_is() -> None:
    tallies = [tally("1", "a", "b"), tally("2", "a", "b"), tally("3", "a", "b")]
    assert sorted(choose_pairs(tallies, {"2"}, 10, Random(0))) == ["1", "3"]
    assert choose_pairs(tallies, {"1", "2", "3"}, 10, Random(0)) == []


def test_equals_are_drawn_by_chance() -> None:
    tallies = [tally(str(i), "a", "b") for i in range(8)]
    assert len({choose_pairs(tallies, (), 1, Random(seed))[0] for seed in range(40)}) > 4
