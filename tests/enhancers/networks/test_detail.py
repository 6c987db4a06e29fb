from __future__ import annotations

import numpy as np
import pytest
import torch

from enhancers.networks.detail import ARCHITECTURE, MULTIPLE_PX, DetailNet
from enhancers.noisy import WEIGHTS

PHOTO = torch.rand((2, 3, 4 * MULTIPLE_PX, 6 * MULTIPLE_PX), generator=torch.Generator().manual_seed(0))


def _with_gains(value: float) -> DetailNet:
    """A network that gives every coefficient the same gain."""
    network = DetailNet()
    for module in (network.gains, network.additions):
        torch.nn.init.zeros_(module.weight)
        torch.nn.init.zeros_(module.bias)
    torch.nn.init.constant_(network.gains.bias, value)
    return network


@pytest.mark.parametrize("value", [0.0, -1.0, 0.5])
def test_equal_gains_scale_the_photo(value: float) -> None:
    with torch.inference_mode():
        change = _with_gains(value)(PHOTO)
    np.testing.assert_allclose(change.numpy(), value * (PHOTO.numpy() - 0.5), atol=1e-5)


def test_gains_of_fine_frequencies_blur() -> None:
    network = _with_gains(0.0)
    gains = torch.zeros(3, 8, 8)
    gains[:, 4:, :] = gains[:, :, 4:] = -1
    network.gains.bias.data = gains.reshape(-1)
    with torch.inference_mode():
        smooth = PHOTO + network(PHOTO)
    assert smooth.diff(dim=3).std() < 0.6 * PHOTO.diff(dim=3).std()
    assert smooth.mean() == pytest.approx(float(PHOTO.mean()), abs=1e-3)


def test_it_is_small_enough() -> None:
    assert sum(parameter.numel() for parameter in DetailNet().parameters()) < 500_000


def test_the_packaged_checkpoints_are_of_this_family() -> None:
    assert WEIGHTS.architecture == ARCHITECTURE
