from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from imaging.image import check_image


def test_a_good_one_is_given_back() -> None:
    image = np.zeros((1, 1, 3), np.uint8)
    image.setflags(write=False)
    assert check_image(image) is image


@pytest.mark.parametrize("pixels", [np.zeros((4, 4, 3), np.float32), np.zeros((4, 4, 3), np.int8)])
def test_other_samples_are_refused(pixels: NDArray[Any]) -> None:
    with pytest.raises(TypeError, match=str(pixels.dtype)):
        check_image(pixels)


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 1), (4, 4, 4), (0, 4, 3), (4, 0, 3), (1, 4, 4, 3)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="RGB"):
        check_image(np.zeros(shape, np.uint8))


def test_strided_views_are_refused() -> None:
    with pytest.raises(ValueError, match="contiguous"):
        check_image(np.zeros((4, 8, 3), np.uint8)[:, ::2])
