"""Blur, noise and compression of the second and the third family."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from imaging.defects import Defect
from imaging.image import check_image
from imaging.measures.blockiness import find_grid
from imaging.measures.noise import measure_noise
from imaging.measures.sharpness import measure_edge_width
from tests.photos import room, shipped
from training.degradations import FAMILIES, Family
from training.degradations.second.blur import aperture, ellipse, shake
from training.degradations.second.compression import as_jpeg, as_webp
from training.metrics import psnr_db

every_family = pytest.mark.parametrize("family", [Family.SECOND, Family.THIRD])
every_defect = pytest.mark.parametrize("defect", [Defect.BLUR, Defect.NOISY, Defect.JPEG_ARTIFACTS])


@every_family
@every_defect
def test_severity_is_how_bad_it_gets(family: Family, defect: Defect) -> None:
    photos = [room(1), shipped("coffee")]
    worse = []
    for severity in (0.0, 0.5, 1.0):
        values = [
            psnr_db(FAMILIES[family][defect](photo, severity, np.random.default_rng(seed)), photo)
            for photo in photos
            for seed in range(6)
        ]
        worse.append(float(np.mean(values)))
    assert worse[0] > worse[1] + 0.5
    assert worse[1] > worse[2] + 0.5


@every_family
@every_defect
@pytest.mark.parametrize("size", [(1, 1), (1, 7), (3, 2), (17, 33), (40, 41)], ids=str)
def test_any_size_and_severity(family: Family, defect: Defect, size: tuple[int, int]) -> None:
    photo = np.full((*size, 3), 120, np.uint8)
    photo.flags.writeable = False
    for seed in range(8):
        for severity in (-0.4, 1.1):
            degraded = FAMILIES[family][defect](photo, severity, np.random.default_rng(seed))
            check_image(degraded)
            assert degraded.shape == photo.shape


@every_family
@every_defect
def test_the_brightness_stays(family: Family, defect: Defect) -> None:
    photo = room(2)
    for seed in range(6):
        degraded = FAMILIES[family][defect](photo, 0.6, np.random.default_rng(seed))
        assert abs(float(degraded.mean()) - float(photo.mean())) < 4


@every_family
def test_each_makes_its_own_defect(family: Family) -> None:
    photo = shipped("astronaut")
    degrade = FAMILIES[family]

    def lumas(defect: Defect) -> list[np.ndarray]:
        seeds = range(6)
        degraded = (degrade[defect](photo, 0.7, np.random.default_rng(seed)) for seed in seeds)
        return [cv2.cvtColor(each, cv2.COLOR_RGB2GRAY) for each in degraded]

    luma = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    assert np.median([measure_noise(each).sigma for each in lumas(Defect.NOISY)]) > measure_noise(luma).sigma + 3
    contrasts = [find_grid(each).contrast for each in lumas(Defect.JPEG_ARTIFACTS)]
    assert np.median(contrasts) > find_grid(luma).contrast + 0.3
    widths = [measure_edge_width(each).sigma_px for each in lumas(Defect.BLUR)]
    assert np.median(widths) > measure_edge_width(luma).sigma_px + 0.4


@pytest.mark.parametrize("size_px", [0.8, 2.0, 4.5])
def test_kernels_are_as_wide_as_they_are_asked_for(size_px: float) -> None:
    rng = np.random.default_rng(0)
    for kernel in (shake(size_px, rng), aperture(size_px, 6, 0.3, 1.2), ellipse(size_px, rng)):
        assert kernel.min() >= 0
        assert kernel.sum() == pytest.approx(1, abs=1e-4)
        y, x = np.indices(kernel.shape)
        variance = [float((kernel * axis**2).sum() - (kernel * axis).sum() ** 2) for axis in (x, y)]
        assert np.sqrt(np.mean(variance)) == pytest.approx(size_px, rel=0.2, abs=0.25)


def test_encoders_keep_what_they_are_asked_to() -> None:
    photo = shipped("coffee")
    fine = [psnr_db(as_jpeg(photo, 95, np.random.default_rng(seed)), photo) for seed in range(12)]
    coarse = [psnr_db(as_jpeg(photo, 12, np.random.default_rng(seed)), photo) for seed in range(12)]
    assert min(fine) > 31
    assert max(coarse) < min(fine) - 2
    assert len(set(coarse)) > 8, "encoders, samplings and tables differ"
    assert psnr_db(as_webp(photo, 90), photo) > psnr_db(as_webp(photo, 10), photo) + 3
