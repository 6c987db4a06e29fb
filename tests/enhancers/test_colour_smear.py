from __future__ import annotations

import cv2
import numpy as np
import pytest

from enhancers.colour_smear import without_smear
from imaging.image import Image
from tests.photos import shipped
from training.metrics import fidelity


def _with_smeared_colour(photo: Image) -> Image:
    """The photo with the chroma of a coarse JPEG: what a perfect repair of luma leaves."""
    _, data = cv2.imencode(".jpg", photo[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 12])
    coarse = cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB), cv2.COLOR_RGB2YCrCb)
    coarse[..., 0] = cv2.cvtColor(photo, cv2.COLOR_RGB2YCrCb)[..., 0]
    return cv2.cvtColor(coarse, cv2.COLOR_YCrCb2RGB)


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee"])
def test_colours_come_nearer_to_the_original_and_luma_stays(name: str) -> None:
    clean = shipped(name)
    smeared = _with_smeared_colour(clean)
    drawn = without_smear(smeared, cv2.add(smeared, 6), 1.0)
    assert fidelity(drawn, clean).delta_e00 < 0.97 * fidelity(smeared, clean).delta_e00
    before, after = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY) for each in (smeared, drawn))
    assert np.abs(before.astype(int) - after).mean() < 0.5


def test_where_a_repair_changed_nothing_colours_stay() -> None:
    photo = shipped("astronaut")
    assert np.array_equal(without_smear(photo, photo, 1.0), photo)
    half = photo.copy()
    half[:, : photo.shape[1] // 2] = cv2.add(half[:, : photo.shape[1] // 2], 8)
    changed = without_smear(half, photo, 1.0) != half
    assert changed[:, : photo.shape[1] // 2].any()
    assert not changed[:, photo.shape[1] // 2 + 16 :].any()


def test_no_strength_and_grey_change_nothing() -> None:
    photo = shipped("coffee")
    assert np.array_equal(without_smear(photo, cv2.add(photo, 9), 0.0), photo)
    grey = cv2.cvtColor(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    assert np.array_equal(without_smear(grey, cv2.add(grey, 9), 1.0), grey)


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (3, 5), (4, 4), (41, 7)])
def test_any_size(shape: tuple[int, int]) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    assert without_smear(photo, 255 - photo, 1.0).shape == photo.shape
