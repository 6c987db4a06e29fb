"""The numpy network says what the torch network says, and its features are what they claim to be."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from enhancers.tone_network import GLOBAL_FEATURES, ToneNetwork, global_features, planes
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
    features = global_features(photo)
    assert features.shape == (GLOBAL_FEATURES,)
    assert features.dtype == np.float32
    assert np.isfinite(features).all()
