"""A veil comes off where it lies, as thick as it is there, and without a halo."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from enhancers.hazy import LEAST_TRANSMISSION, DehazeEnhancer, VeilEstimate, build, guided_coefficients
from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.defects import Defect
from imaging.image import Image
from imaging.measures.haze_features import COLUMNS, ROWS, haze_features, working_copy
from imaging.view import View
from tests.photos import ODD_PHOTOS, clean_photos, grey, room, rooms, shipped
from training.degradations import FAMILIES, Family
from training.metrics import delta_e00, psnr_db

ENHANCER = build("cpu")


def veiled(photo: Image, transmission: np.ndarray[tuple[int, ...], np.dtype[np.float32]], airlight: float) -> Image:
    """A photo behind a veil made in codes, transmission (H, W)."""
    seen = photo * transmission[..., None] + 255 * airlight * (1 - transmission[..., None])
    return np.rint(seen).astype(np.uint8)


def thinning(photo: Image, least: float, most: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """A transmission that rises from the left to the right."""
    return np.broadcast_to(np.linspace(least, most, photo.shape[1], dtype=np.float32), photo.shape[:2])


@pytest.mark.parametrize("family", list(Family))
def test_the_veil_of_every_family_comes_off(family: Family) -> None:
    gains_db, differences = [], []
    for i, photo in enumerate([*clean_photos()[:3], *rooms(2)]):
        bad = FAMILIES[family][Defect.HAZY](photo, 0.7, np.random.default_rng(i))
        repaired = ENHANCER.enhance(bad)
        gains_db.append(psnr_db(repaired, photo) - psnr_db(bad, photo))
        differences.append(delta_e00(bad, photo) - delta_e00(repaired, photo))
    assert np.mean(gains_db) > 1.5, np.round(gains_db, 1)
    assert np.mean(differences) > 1.5


def test_a_known_veil_is_undone() -> None:
    photo = shipped("coffee")
    bad = veiled(photo, np.full(photo.shape[:2], 0.5, np.float32), 0.8)
    estimate = VeilEstimate(np.full(3, 0.8, np.float32), np.full((ROWS, COLUMNS), 0.5, np.float32), 1.0)
    np.testing.assert_allclose(ENHANCER.apply(bad, estimate, 1.0).astype(int), photo, atol=4)


def test_more_is_taken_off_where_more_lies() -> None:
    for seed in range(3):
        photo = room(seed)
        bad = veiled(photo, thinning(photo, 0.3, 0.9), 0.85)
        seen = ENHANCER.estimate(View.for_defect(Defect.HAZY, bad)).transmission
        assert seen[:, : COLUMNS // 4].mean() < seen[:, -COLUMNS // 4 :].mean() - 0.1


def test_transmission_follows_the_edges_of_the_photo() -> None:
    guide = np.full((ROWS * 4, COLUMNS * 4), 200, np.uint8)
    guide[:, : COLUMNS * 2 + 2] = 60  # half a place beside the edge of the grid
    grid = np.full((ROWS, COLUMNS), 0.9, np.float32)
    grid[:, : COLUMNS // 2] = 0.4
    slope, offset = guided_coefficients(guide, grid)
    drawn = slope * guide.astype(np.float32) / 255 + offset
    row = drawn[ROWS * 2]
    step = np.abs(np.diff(row))
    assert step.argmax() == COLUMNS * 2 + 1, "where the photo has its edge"
    assert step.max() > 0.3


def test_no_halo_along_a_dark_edge() -> None:
    """Sky beside a dark roof is no lighter and no darker than far from it."""
    photo = np.full((300, 400, 3), (150, 180, 215), np.uint8)
    photo[180:] = (40, 35, 30)
    photo = np.clip(photo + np.random.default_rng(0).normal(0, 2, photo.shape), 0, 255).astype(np.uint8)
    bad = veiled(photo, np.full(photo.shape[:2], 0.6, np.float32), 0.85)
    result = cv2.GaussianBlur(ENHANCER.enhance(bad), (0, 0), 2).astype(float).mean(axis=2)
    assert abs(result[160:172].mean() - result[60:100].mean()) < 14


def test_a_bounded_gain_keeps_thick_fog_from_turning_to_noise() -> None:
    fog = np.clip(210 + np.random.default_rng(0).normal(0, 1.5, (200, 300, 3)), 0, 255).astype(np.uint8)
    estimate = VeilEstimate(np.full(3, 0.83, np.float32), np.full((ROWS, COLUMNS), 0.01, np.float32), 1.0)
    assert ENHANCER.apply(fog, estimate, 1.0).std() < 1.2 * fog.std() / LEAST_TRANSMISSION


def test_a_grey_photo_stays_grey() -> None:
    photo = grey(shipped("coffee"))
    repaired = ENHANCER.enhance(veiled(photo, thinning(photo, 0.4, 0.8), 0.8))
    assert int(np.ptp(repaired, axis=2).max()) <= 1


def test_a_white_room_turns_neither_blue_nor_yellow() -> None:
    for photo in rooms(3):
        bad = linear_to_srgb(srgb_to_linear(photo) * np.float32(0.6) + np.float32(0.3))
        clean, after = (each.reshape(-1, 3).mean(axis=0) for each in (photo, ENHANCER.enhance(bad)))
        assert abs((after[2] - after[0]) - (clean[2] - clean[0])) < 8


@pytest.mark.parametrize("photo", [room(0), *ODD_PHOTOS], ids=lambda photo: str(photo.shape))
def test_features_of_any_photo_are_finite(photo: Image) -> None:
    features, airlight, odds = haze_features(working_copy(photo))
    assert len(features) == len(odds) == ROWS * COLUMNS
    assert np.isfinite(features).all()
    assert np.isfinite(odds).all()
    assert ((airlight >= 0.3) & (airlight <= 1)).all()


def test_the_estimate_is_described_in_plain_numbers() -> None:
    assert isinstance(ENHANCER, DehazeEnhancer)
    described = ENHANCER.estimate(View.for_defect(Defect.HAZY, room(0))).described()
    assert 0 < described["least_transmission"] <= described["mean_transmission"] <= 1  # type: ignore[operator]
