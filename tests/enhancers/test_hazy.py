from __future__ import annotations

import numpy as np
import pytest

from enhancers.hazy import build, strip_tables
from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.defects import Defect
from imaging.image import Image
from imaging.measures.haze import estimate_veil
from imaging.view import View
from tests.photos import clean_photos, grey, room, shipped
from training.degradations import DEGRADATIONS
from training.metrics import delta_e00, psnr_db

ENHANCER = build("cpu")


def veiled(photo: Image, veil: float, airlight: float = 0.7, rising: float = 0.0) -> Image:
    """A photo behind a veil, by `rising` stronger at the top than in the middle."""
    height = photo.shape[0]
    depth = 1 - rising * np.linspace(-1, 1, height, dtype=np.float32)[:, None, None]
    transmission = (1 - veil) ** depth
    return linear_to_srgb(srgb_to_linear(photo) * transmission + np.float32(airlight) * (1 - transmission))


def painted_white(photo: Image) -> Image:
    """A photo with its bright parts made brighter and its dark ones left: white walls and a lamp's foot."""
    light = srgb_to_linear(photo)
    return linear_to_srgb(light + light * (1 - light) * np.minimum(1, light / 0.25))


def test_the_veil_comes_off() -> None:
    gains_db, differences = [], []
    for i, photo in enumerate(clean_photos()):
        bad = DEGRADATIONS[Defect.HAZY](photo, 0.6, np.random.default_rng(i))
        repaired = ENHANCER.enhance(bad)
        gains_db.append(psnr_db(repaired, photo) - psnr_db(bad, photo))
        differences.append(delta_e00(bad, photo) - delta_e00(repaired, photo))
    assert np.mean(gains_db) > 4
    assert np.mean(differences) > 4


@pytest.mark.parametrize("rising", [0.0, 0.4])
def test_blacks_and_contrast_come_back(rising: float) -> None:
    for seed in range(3):
        bad = veiled(room(seed), 0.5, rising=rising)
        repaired = ENHANCER.enhance(bad)
        clean = room(seed)
        for rows in (slice(0, 120), slice(240, 360)):
            was, now, right = (float(p[rows].std()) for p in (bad, repaired, clean))
            assert abs(now - right) < abs(was - right)
        assert np.percentile(repaired, 1) < np.percentile(bad, 1) - 30


def test_a_slope_of_the_veil_is_seen() -> None:
    assert estimate_veil(View(veiled(shipped("coffee"), 0.5, rising=0.4)).thumbnail).slope < -0.05
    assert estimate_veil(View(veiled(shipped("coffee"), 0.5, rising=-0.4)).thumbnail).slope > 0.05


def test_neighbouring_rows_show_no_band() -> None:
    airlight, lost = np.full(3, 0.7, np.float32), np.linspace(0.55, 0.4, 5, dtype=np.float32)
    tables = strip_tables(airlight, lost, 1.0, 256).astype(int)
    assert np.abs(np.diff(tables, axis=0)).max() <= 2


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket"])
def test_a_clear_photo_stays(name: str) -> None:
    photo = shipped(name)
    assert psnr_db(ENHANCER.enhance(photo), photo) >= 40


def test_a_grey_photo_stays_grey() -> None:
    repaired = ENHANCER.enhance(veiled(grey(shipped("coffee")), 0.5))
    assert int(np.ptp(repaired, axis=2).max()) <= 1
