from __future__ import annotations

from dataclasses import replace

import pytest

from study.participants import agreement, suspicious
from study.results import Answer, Choice
from tests.study.simulation import simulate

CHOICE = Choice(1, "pair", "photo", ("a",), ("b",), "first", True, 1500)
WORTH = {"a": 0.0, "b": 1.0, "c": 2.0}


def answers(*given: Answer, pair: str = "pair") -> list[Choice]:
    return [replace(CHOICE, participant=i, pair=pair, answer=answer) for i, answer in enumerate(given)]


def test_agreement_is_the_share_of_equal_answers() -> None:
    found = agreement(
        [*answers("first", "first", "second"), *answers("same", "same", pair="2"), *answers("first", pair="3")]
    )
    assert found is not None
    assert found.pairs == 2
    assert found.share == pytest.approx((2 + 2) / (6 + 2))
    assert found.by_chance == pytest.approx(0.4**2 + 0.6**2 / 2)


def test_whoever_answers_alone_agrees_with_nobody() -> None:
    assert agreement(answers("first")) is None


def test_careful_participants_are_not_suspected() -> None:
    for seed in range(20):
        assert suspicious(simulate(WORTH, 300, seed)) == ()


def test_whoever_keeps_to_one_side_is() -> None:
    left = [
        replace(CHOICE, participant=7, first_on_left=i % 2 == 0, answer="second" if i % 2 else "first")
        for i in range(12)
    ]
    [suspicion] = suspicious([*simulate(WORTH, 50, 0, participants=5), *left])
    assert (suspicion.participant, suspicion.choices, suspicion.reasons) == (7, 12, ("one side",))


def test_whoever_is_faster_than_one_can_look_is() -> None:
    fast = [replace(choice, response_ms=200) for choice in simulate(WORTH, 20, 0, participants=1)]
    [suspicion] = suspicious(fast)
    assert suspicion.reasons == ("too fast",)


def test_a_few_answers_make_nobody_suspect() -> None:
    assert suspicious([replace(CHOICE, response_ms=1)] * 9) == ()
