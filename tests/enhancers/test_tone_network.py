"""The numpy network says what the torch network says, and its features are what they claim to be."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from enhancers.tone_network import (
    COLOUR_FEATURES,
    GLOBAL_FEATURES,
    VEIL_FEATURES,
    VEIL_HEIGHTS,
    ToneNetwork,
    colour_features,
    global_features,
    planes,
    veil_features,
)
from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.image import Image
from tests.photos import room, shipped
from training.tone_model import TrainedToneNetwork

ODD_PHOTOS = (
    np.zeros((1, 1, 3), np.uint8),
    np.full((2, 9, 3), 255, np.uint8),
    np.random.default_rng(0).integers(0, 256, (33, 17, 3), dtype=np.uint8),
)


def test_numpy_and_torch_agree() -> None:
    torch.manual_seed(0)
    trained = TrainedToneNetwork(GLOBAL_FEATURES, 5, 3).eval()
    for layer in (trained.vector, trained.grid):
        torch.nn.init.normal_(layer.weight)
    photo = shipped("coffee")
    features = global_features(photo)
    with torch.no_grad():
        vector, grid, need = trained(torch.from_numpy(planes(photo))[None], torch.from_numpy(features)[None])
    seen = ToneNetwork({name: value.numpy() for name, value in trained.state_dict().items()})(photo, features)
    np.testing.assert_allclose(seen.vector, vector[0].numpy(), atol=1e-4)
    np.testing.assert_allclose(seen.grid, grid[0].numpy(), atol=1e-4)
    assert seen.need == pytest.approx(float(need), abs=1e-4)


@pytest.mark.parametrize("photo", [room(0), *ODD_PHOTOS], ids=lambda photo: str(photo.shape))
def test_features_of_any_photo_are_finite(photo: Image) -> None:
    assert planes(photo).shape == (6, 64, 64)
    assert np.abs(planes(photo)).max() <= 1.01
    colours, _ = colour_features(photo)
    veil, prior = veil_features(photo)
    for features, size in (
        (global_features(photo), GLOBAL_FEATURES),
        (colours, COLOUR_FEATURES),
        (veil, VEIL_FEATURES),
        (prior, 3 + VEIL_HEIGHTS),
    ):
        assert features.shape == (size,)
        assert features.dtype == np.float32
        assert np.isfinite(features).all()


def test_the_histograms_move_with_the_cast() -> None:
    photo = shipped("astronaut")
    warm = linear_to_srgb(srgb_to_linear(photo) * np.array([1.0, 0.8, 0.5], np.float32))
    (_, own), (_, cast) = colour_features(photo), colour_features(warm)
    assert cast.warmth - own.warmth == pytest.approx(np.log(2), abs=0.25)
