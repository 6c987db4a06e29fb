from __future__ import annotations

import numpy as np

from imaging.defects import Defect
from tests.photos import room
from training.degradations import DEGRADATIONS
from training.mixtures import COMING_ABOUT, DEFECTS, MAX_DEFECTS, mix


def test_every_defect_comes_about_once() -> None:
    assert sorted(COMING_ABOUT) == sorted(Defect)


def test_one_to_three_defects_are_made_and_told() -> None:
    seen = np.zeros(len(DEFECTS))
    for seed in range(30):
        damaged, made = mix(room(0, 120, 90), np.random.default_rng(seed))
        assert 1 <= np.count_nonzero(made) <= MAX_DEFECTS
        assert ((made >= 0) & (made <= 1)).all()
        assert damaged.dtype == np.uint8
        seen += made > 0
    assert (seen > 0).all(), "all of them occur"


def test_dark_and_glaring_at_once_is_not_made() -> None:
    both = {defect: DEGRADATIONS[defect] for defect in (Defect.LOW_LIGHT, Defect.GLARING)}
    for seed in range(10):
        _, made = mix(room(0, 64, 48), np.random.default_rng(seed), 2, both)
        assert np.count_nonzero(made) == 1


def test_none_gives_the_photo_back() -> None:
    photo, made = mix(room(1), np.random.default_rng(0), 0)
    assert photo is room(1)
    assert not made.any()
