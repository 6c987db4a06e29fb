from __future__ import annotations

import numpy as np
import pytest

from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.image import Image
from imaging.measures.light_colour import ESTIMATES, FEATURES, estimates, packaged_network, told_of
from tests.photos import ODD_PHOTOS, room, shipped


@pytest.mark.parametrize("photo", [room(0), *ODD_PHOTOS], ids=lambda photo: str(photo.shape))
def test_features_of_any_photo_are_finite(photo: Image) -> None:
    features, _ = told_of(photo, photo)
    assert features.shape == (FEATURES,)
    assert np.isfinite(features).all()


def test_all_estimates_move_with_the_cast() -> None:
    photo = shipped("astronaut") // 2 + 20
    warm = linear_to_srgb(srgb_to_linear(photo) * np.array([1.0, 0.8, 0.5], np.float32))
    moved = estimates(warm) - estimates(photo)
    assert moved.shape == (ESTIMATES, 2)
    np.testing.assert_allclose(moved, np.tile(np.log([1 / 0.8, 0.5 / 0.8]), (ESTIMATES, 1)), atol=0.2)


def test_a_light_greener_than_any_learned_is_the_one_voted_for() -> None:
    green = linear_to_srgb(srgb_to_linear(room(0)) * np.array([0.75, 1.0, 0.72], np.float32))
    _, voted = told_of(green, green)
    light, need = packaged_network()(green, green)
    assert light == voted
    assert need == voted.cast_evidence_nats
