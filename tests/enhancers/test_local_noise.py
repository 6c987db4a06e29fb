from __future__ import annotations

import numpy as np
import pytest

from enhancers.local_noise import noise_deviation, without_noise
from tests.photos import grey, rooms, shipped
from training.metrics import psnr_db


def noisy(photo: np.ndarray, deviation: float, seed: int = 0) -> np.ndarray:
    noise = deviation * np.random.default_rng(seed).standard_normal(photo.shape)
    return np.clip(np.rint(photo + noise), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("deviation", [3, 6, 12])
def test_noise_is_measured(deviation: float) -> None:
    flat = np.full((400, 600), 120, np.uint8)
    assert noise_deviation(noisy(flat, deviation)) == pytest.approx(deviation, rel=0.1)
    assert noise_deviation(flat) < 0.1


@pytest.mark.parametrize(("deviation", "gain_db"), [(3, 0.2), (6, 4), (12, 6)])
def test_rooms_lose_noise(deviation: float, gain_db: float) -> None:
    for photo in rooms():
        bad = noisy(photo, deviation)
        assert psnr_db(without_noise(bad, 1.0), photo) > psnr_db(bad, photo) + gain_db


def test_fur_is_not_smoothed_away() -> None:
    photo = shipped("chelsea")
    bad = noisy(photo, 6)
    assert psnr_db(without_noise(bad, 1.0), photo) > psnr_db(bad, photo) + 1


def test_edges_stay() -> None:
    photo = np.full((200, 300, 3), 60, np.uint8)
    photo[:, 150:] = 190
    calm = without_noise(noisy(photo, 4), 1.0)
    across = grey(calm)[:, 146:154, 0].mean(axis=0)
    assert across[3] < 75
    assert across[4] > 175


def test_nothing_is_taken_where_nothing_was_added() -> None:
    bad = noisy(rooms()[0], 6)
    assert without_noise(bad, 0.0) is bad
    tiny = bad[:3, :3]
    assert without_noise(tiny, 1.0) is tiny
    large = np.resize(bad, (960, 1280, 3))
    assert without_noise(large, 1.0) is large


def test_strips_leave_no_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    photo = noisy(rooms()[0], 6)
    in_strips = without_noise(photo, 1.0)
    monkeypatch.setattr("enhancers.local_noise._STRIP_ROWS", len(photo))
    np.testing.assert_array_equal(in_strips, without_noise(photo, 1.0))
