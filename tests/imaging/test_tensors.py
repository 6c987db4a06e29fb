from __future__ import annotations

import numpy as np
import pytest
import torch

from imaging.tensors import to_image, to_tensor
from tests.imaging.files import scene


def test_to_tensor() -> None:
    tensor = to_tensor(scene(30, 20))
    assert tensor.shape == (1, 3, 20, 30)
    assert tensor.dtype == torch.float32
    assert float(tensor.min()) >= 0
    assert float(tensor.max()) <= 1
    assert np.allclose(tensor[0, :, 7, 11].numpy() * 255, scene(30, 20)[7, 11], atol=1e-4)


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (31, 17)])
def test_round_trip_is_exact(size: tuple[int, int]) -> None:
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    image.setflags(write=False)
    again = to_image(to_tensor(image))
    assert np.array_equal(again, image)
    assert again.flags.c_contiguous


def test_the_input_is_not_shared() -> None:
    image = np.zeros((4, 4, 3), np.uint8)
    to_tensor(image).add_(1)
    assert not image.any()


def test_to_image_clips_and_rounds() -> None:
    tensor = torch.tensor([-0.5, 0.4999 / 255, 0.5001 / 255, 1.7]).reshape(1, 1, 1, 4).repeat(1, 3, 1, 1)
    assert to_image(tensor)[0, :, 0].tolist() == [0, 0, 1, 255]


def test_to_image_takes_one_photo() -> None:
    with pytest.raises(ValueError, match=r"\(1, 3, H, W\)"):
        to_image(torch.zeros(2, 3, 4, 4))
