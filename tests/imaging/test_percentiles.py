from __future__ import annotations

import numpy as np
import pytest

from imaging.measures.percentiles import BRIGHTEST, DARKEST, LUMA, PERCENTS, codes_at, percentiles
from imaging.view import small_copy
from tests.photos import shipped


def test_codes_are_order_statistics() -> None:
    plane = np.random.default_rng(0).integers(20, 230, (90, 130), dtype=np.uint8)
    expected = np.percentile(plane, PERCENTS, method="inverted_cdf")
    np.testing.assert_array_equal(codes_at(plane, PERCENTS), expected)


def test_one_pixel_is_all_of_them() -> None:
    assert set(codes_at(np.full((1, 1), 77, np.uint8), PERCENTS)) == {77}


def test_planes_are_those_they_are_called() -> None:
    told = percentiles(np.full((4, 4, 3), (30, 200, 90), np.uint8))
    assert [told[plane, 0] for plane in (DARKEST, BRIGHTEST)] == [30, 200]
    assert 30 < told[LUMA, 0] < 200


@pytest.mark.parametrize("name", ["astronaut", "coffee"])
def test_a_small_copy_has_most_of_the_extremes(name: str) -> None:
    photo = shipped(name)
    told, full = percentiles(small_copy(photo)), percentiles(photo)
    assert np.abs(told - full)[:, 1:-1].max() <= 20
    assert np.median(np.abs(told - full)) <= 2
