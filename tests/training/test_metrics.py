from __future__ import annotations

import numpy as np
import pytest

from tests.photos import room
from training.metrics import delta_e00, fidelity, mean_fidelity, psnr_db, ssim


def test_a_photo_equals_itself() -> None:
    same = fidelity(room(0), room(0))
    assert (same.psnr_db, same.delta_e00) == (99.0, 0.0)
    assert same.ssim == pytest.approx(1)


def test_psnr_of_a_known_difference() -> None:
    photo = np.full((20, 30, 3), 100, np.uint8)
    assert psnr_db(photo + np.uint8(5), photo) == pytest.approx(10 * np.log10(255**2 / 25))
    with pytest.raises(ValueError, match="one shape"):
        psnr_db(photo, photo[1:])


def test_noise_lowers_ssim_and_a_cast_raises_delta_e() -> None:
    photo = room(0)
    noise = np.random.default_rng(0).integers(0, 30, photo.shape, dtype=np.uint8)
    assert ssim(np.minimum(photo, 225) + noise, photo) < 0.9
    cast = photo.copy()
    cast[..., 2] //= 2
    assert delta_e00(cast, photo) > 5


def test_mean() -> None:
    a, b = fidelity(room(0), room(0)), fidelity(room(1), room(0))
    assert mean_fidelity([a, b]).psnr_db == pytest.approx((a.psnr_db + b.psnr_db) / 2)
