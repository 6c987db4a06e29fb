from __future__ import annotations

import cv2
import numpy as np
import pytest

from enhancers.jpeg_artifacts import FINEST_QUALITY, build, estimate_compression
from imaging.image import Image
from imaging.measures.blockiness import find_grid, quantisation_scale
from imaging.view import View
from tests.photos import shipped
from training.metrics import psnr_db


def _compress(photo: Image, quality: int) -> Image:
    _, data = cv2.imencode(".jpg", photo[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB)
    assert decoded is not None
    return decoded


@pytest.mark.parametrize(("quality", "gain_db"), [(10, 0.8), (20, 0.7), (40, 0.5)])
def test_gains_on_compressed_photos(quality: int, gain_db: float) -> None:
    enhancer = build("cpu")
    gains = []
    for name in ("astronaut", "chelsea", "coffee", "rocket"):
        clean = shipped(name)
        coarse = _compress(clean, quality)
        gains.append(psnr_db(enhancer.enhance(coarse), clean) - psnr_db(coarse, clean))
    assert np.mean(gains) > gain_db
    assert min(gains) > 0


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket"])
def test_leaves_good_photos_alone(name: str) -> None:
    clean = shipped(name)
    enhancer = build("cpu")
    assert psnr_db(enhancer.enhance(clean), clean) > 40
    fine = _compress(clean, 88)
    assert psnr_db(enhancer.enhance(fine), fine) > 40


def test_repairs_what_a_messenger_resized_between_two_passes() -> None:
    enhancer = build("cpu")
    gains = []
    for name in ("astronaut", "chelsea", "coffee"):
        clean = shipped(name)
        height, width = clean.shape[:2]
        small = cv2.resize(_compress(clean, 30), (width * 3 // 4, height * 3 // 4), interpolation=cv2.INTER_AREA)
        sent = _compress(small, 25)
        target = cv2.resize(clean, (width * 3 // 4, height * 3 // 4), interpolation=cv2.INTER_AREA)
        gains.append(psnr_db(enhancer.enhance(sent), target) - psnr_db(sent, target))
    assert np.mean(gains) > 0.4


def test_finds_a_shifted_grid_and_its_quantisation() -> None:
    plane = cv2.cvtColor(_compress(shipped("astronaut"), 25), cv2.COLOR_RGB2GRAY)[3:, 6:]
    grid = find_grid(plane)
    assert (grid.row, grid.column) == (5, 2)
    assert quantisation_scale(plane, grid) == pytest.approx(2, rel=0.15)


def test_finds_the_coarser_of_two_compressions() -> None:
    again = _compress(_compress(shipped("astronaut"), 20), 95)
    plane = cv2.cvtColor(again, cv2.COLOR_RGB2GRAY)
    assert quantisation_scale(plane, find_grid(plane)) == pytest.approx(2.5, rel=0.25)


def test_an_uncompressed_photo_has_no_quantisation() -> None:
    plane = cv2.cvtColor(shipped("coffee"), cv2.COLOR_RGB2GRAY)
    assert quantisation_scale(plane, find_grid(plane)) < 0.3


def test_repairs_a_shifted_crop() -> None:
    clean = shipped("astronaut")
    coarse = np.ascontiguousarray(_compress(clean, 12)[5:, 3:])
    cropped = clean[5:, 3:]
    assert psnr_db(build("cpu").enhance(coarse), cropped) > psnr_db(coarse, cropped) + 0.4


@pytest.mark.parametrize("quality", [8, 15, 30, 60, 80])
def test_estimates_the_quality_from_pixels(quality: int) -> None:
    for name in ("astronaut", "coffee", "rocket"):
        assert abs(estimate_compression(View.of(_compress(shipped(name), quality))).quality - quality) < 10


def test_believes_the_file_about_its_quality() -> None:
    assert estimate_compression(View(shipped("coffee"), 2, jpeg_quality=37)).quality == 37


def test_an_uncompressed_photo_has_the_finest_quality() -> None:
    assert estimate_compression(View.of(shipped("coffee"))).quality == FINEST_QUALITY
