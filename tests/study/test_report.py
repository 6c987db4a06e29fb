"""A whole study: made, answered by people with a known preference through the store, and evaluated."""

from __future__ import annotations

import math
from contextlib import closing
from random import Random

import pytest

from imaging.codec import decode
from imaging.defects import Defect
from imaging.formats import ImageFormat
from imaging.limits import Limits
from study.plot import plot
from study.report import StudyReport, report
from study.results import Side
from study.store import Store
from tests.study.samples import make_study

VARIANTS = ("original", "first", "all", "elsewhere")
WORTH = {b"original": 0.0, b"first": 1.0, b"all": 2.0, b"elsewhere": 3.0}
CHOICES = 200


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> StudyReport:
    random = Random(3)
    with closing(Store(str(tmp_path_factory.mktemp("study") / "people.sqlite"))) as store:
        make_study(store, photos=6, variants=VARIANTS)
        for _ in range(10):
            me, _progress = store.join("study")
            for _ in range(CHOICES // 10):
                pair = store.ask("study", me, 2)[0][0]
                left, right = (WORTH[store.image("study", image).split()[1]] for image in (pair.left, pair.right))
                side: Side = "left" if random.random() < 1 / (1 + math.exp(right - left)) else "right"
                store.choose("study", me, pair.id, side, 1500)
        return report(store.study("study"), by_photo=True)


def test_two_hundred_choices_recover_the_order(found: StudyReport) -> None:
    assert (found.participants, found.choices) == (10, CHOICES)
    assert [rank.variant for rank in found.ranking] == list(reversed(VARIANTS))
    assert all(rank.low < rank.worth < rank.high for rank in found.ranking)


def test_the_ranking_by_defect_rests_on_its_photos_only(found: StudyReport) -> None:
    assert set(found.defects) == {Defect.HAZY}
    hazy = sum(rank.comparisons for rank in found.defects[Defect.HAZY]) / 2
    assert 0 < hazy < CHOICES
    on_photos = [sum(rank.comparisons for rank in found.photos[name]) / 2 for name in ("1.jpg", "3.jpg", "5.jpg")]
    assert hazy == sum(on_photos)


def test_every_choice_is_a_win(found: StudyReport) -> None:
    assert sum(sum(row.values()) for row in found.wins.values()) == CHOICES
    assert found.wins["elsewhere"]["original"] > found.wins["original"]["elsewhere"]


def test_who_took_part(found: StudyReport) -> None:
    assert found.agreement is not None
    assert found.agreement.share > found.agreement.by_chance
    assert found.suspicious == ()


def test_the_plot_is_a_picture_with_something_on_it(found: StudyReport) -> None:
    picture = decode(plot(found), Limits())
    assert picture.format is ImageFormat.PNG
    assert (picture.image < 128).any(axis=2).mean() > 0.005
