from __future__ import annotations

import numpy as np
import pytest

from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.image import Image
from imaging.measures.light_colour import ESTIMATES, FEATURES, estimates, light_features, packaged_network
from tests.photos import ODD_PHOTOS, room, shipped


@pytest.mark.parametrize("photo", [room(0), *ODD_PHOTOS], ids=lambda photo: str(photo.shape))
def test_features_of_any_photo_are_finite(photo: Image) -> None:
    features, _ = light_features(photo, photo)
    assert features.shape == (FEATURES,)
    assert np.isfinite(features).all()


def test_all_estimates_move_with_the_cast() -> None:
    photo = shipped("astronaut") // 2 + 20
    warm = linear_to_srgb(srgb_to_linear(photo) * np.array([1.0, 0.8, 0.5], np.float32))
    moved = estimates(warm) - estimates(photo)
    assert moved.shape == (ESTIMATES, 2)
    np.testing.assert_allclose(moved, np.tile(np.log([1 / 0.8, 0.5 / 0.8]), (ESTIMATES, 1)), atol=0.2)


def test_a_strong_cast_of_any_hue_is_estimated_from_grey_and_colours() -> None:
    for hue_deg in range(0, 360, 30):
        truth = 0.45 * np.cos(np.radians(hue_deg - np.array([0, 120, 240])))
        photo = linear_to_srgb(srgb_to_linear(room(0) // 2) * np.exp(truth).astype(np.float32))
        light = packaged_network()(photo, photo).illuminant
        off = np.array([light.red, light.blue]) - (truth[[0, 2]] - truth[1])
        assert np.abs(off).max() < 0.25, (hue_deg, off)


def test_a_cast_has_higher_odds_than_none() -> None:
    warm = linear_to_srgb(srgb_to_linear(room(0)) * np.array([1.0, 0.75, 0.42], np.float32))
    assert packaged_network()(warm, warm).log_odds > packaged_network()(room(0), room(0)).log_odds + 3
