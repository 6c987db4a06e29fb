"""A flat photo gets its range back; what has its range is left alone."""

from __future__ import annotations

import numpy as np
import pytest

from enhancers.low_contrast import build
from tests.photos import clean_photos, rooms, shipped
from training.degradations.tone import low_contrast
from training.metrics import psnr_db

ENHANCER = build("cpu")


@pytest.mark.parametrize("severity", [0.3, 0.6, 1.0])
@pytest.mark.parametrize("name", ["astronaut", "coffee"])
def test_a_flattened_photo_of_full_range_comes_back(name: str, severity: float) -> None:
    photo = shipped(name)
    for seed in range(3):
        bad = low_contrast(photo, severity, np.random.default_rng(seed))
        assert psnr_db(ENHANCER.enhance(bad), photo) > psnr_db(bad, photo) + 4


def test_photos_without_a_true_black_gain_on_average() -> None:
    gains = []
    for i, photo in enumerate(clean_photos()):
        bad = low_contrast(photo, 0.7, np.random.default_rng(i))
        gains.append(psnr_db(ENHANCER.enhance(bad), photo) - psnr_db(bad, photo))
    assert np.mean(gains) > 3


def test_ends_do_not_clip() -> None:
    for i, photo in enumerate(rooms()):
        bad = low_contrast(photo, 0.8, np.random.default_rng(i))
        result = ENHANCER.enhance(bad)
        assert (result == 255).mean() < 0.02
        assert (result == 0).mean() < 0.02
