from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from imaging.color import luminance, srgb_to_linear
from imaging.image import check_image
from tests.photos import room
from training.exposure import brackets, expose, meter, perspective, uneven_radiance


def scene() -> np.ndarray[tuple[int, int, int], np.dtype[np.float32]]:
    """An equirectangular room, dim, with a bright window straight ahead."""
    radiance = np.full((128, 256, 3), 0.05, np.float32)
    radiance[50:70, 120:136] = 20.0
    radiance[90:, :] = 0.02
    return radiance


def test_perspective_sees_the_heading_in_the_middle() -> None:
    view = perspective(scene(), 0.0)
    assert view.shape[1] * 3 // 4 == view.shape[0]
    row, column = (axis.mean() for axis in np.nonzero(view[..., 0] > 10))
    assert abs(column - view.shape[1] / 2) < 2
    assert row < view.shape[0] / 2
    assert perspective(scene(), 180.0).max() < 1


def test_exposures_clip_at_both_ends() -> None:
    light = meter(perspective(scene(), 0.0))
    rng = np.random.default_rng(0)
    dark, bright = expose(light, -4, rng), expose(light, 4, rng)
    assert dark.mean() < 40
    assert (bright == 255).mean() > 0.3


def test_a_folder_of_maps_gives_four_brackets_each(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "scene.hdr"), scene())
    views = list(brackets(tmp_path))
    assert len(views) == 4
    for view in views:
        check_image(view.reference)
        assert view.dark.mean() < view.metered.mean() < view.bright.mean()
        assert view.dark.mean() < view.reference.mean() < view.bright.mean()


def test_a_finished_photo_becomes_uneven_radiance() -> None:
    photo = room(0)
    spans = []
    for seed in range(12):
        light = luminance(uneven_radiance(photo, np.random.default_rng(seed)))
        assert float(np.exp(np.log(np.maximum(light, 1e-6)).mean())) == pytest.approx(0.18, rel=0.02)
        low, high = np.percentile(light, [5, 99])
        spans.append(np.log2(high / max(low, 1e-5)))
    own = np.log2(np.divide(*np.percentile(luminance(srgb_to_linear(photo)), [99, 5])))
    assert min(spans) > own - 0.7
    assert max(spans) > own + 2
