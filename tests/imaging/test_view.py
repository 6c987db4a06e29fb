from __future__ import annotations

import numpy as np
import pytest

from imaging.image import check_image
from imaging.view import MIN_LONG_SIDE_PX, THUMBNAIL_SIDE_PX, View, view_factor
from tests.imaging.files import scene


@pytest.mark.parametrize(
    ("size", "factor"),
    [
        ((1, 1), 1),
        ((1279, 10), 1),
        ((1280, 10), 2),
        ((10, 2560), 4),
        ((4000, 3000), 4),
        ((5120, 1), 8),
        ((60_000, 1), 8),
    ],
)
def test_view_factor(size: tuple[int, int], factor: int) -> None:
    assert view_factor(*size) == factor
    assert factor == 1 or max(size) // factor >= MIN_LONG_SIDE_PX


def test_a_small_photo_is_its_own_view() -> None:
    image = scene(300, 200)
    view = View.of(image)
    assert view.image is image
    assert view.factor == 1
    assert view.jpeg_quality is None


@pytest.mark.parametrize("size", [(1300, 701), (5, 2600), (6000, 1)])
def test_a_large_photo_is_averaged(size: tuple[int, int]) -> None:
    width, height = size
    image = np.full((height, width, 3), 70, np.uint8)
    view = View.of(image)
    check_image(view.image)
    assert view.image.shape[:2] == (max(1, height // view.factor), max(1, width // view.factor))
    assert (view.image == 70).all()


def test_features_are_computed_once() -> None:
    view = View(scene(640, 427))
    assert view.luma is view.luma
    assert view.luma.shape == (427, 640)
    assert view.thumbnail is view.thumbnail
    assert view.thumbnail.shape == (round(427 * THUMBNAIL_SIDE_PX / 640), THUMBNAIL_SIDE_PX, 3)


def test_a_thumbnail_is_never_larger_than_its_view() -> None:
    image = scene(100, 60)
    assert View(image).thumbnail is image
    assert View(np.zeros((1, 640, 3), np.uint8)).thumbnail.shape == (1, THUMBNAIL_SIDE_PX, 3)
