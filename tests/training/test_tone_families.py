"""The second and third families of tone and colour: severity is distance from the clean photo, depth follows edges."""

from __future__ import annotations

import numpy as np
import pytest

from imaging.defects import Defect
from imaging.image import Image, check_image
from tests.photos import room, shipped
from training.degradations import FAMILIES, Family, trained
from training.degradations.curves import random_curve
from training.degradations.depth import plausible_depth
from training.degradations.second.haze import transmission_of
from training.metrics import psnr_db

OTHERS = [(family, defect) for family in (Family.SECOND, Family.THIRD) for defect in FAMILIES[family]]


@pytest.mark.parametrize(("family", "defect"), OTHERS)
def test_severity_is_how_far_the_photo_is_from_the_clean_one(family: Family, defect: Defect) -> None:
    if defect is Defect.ROTATION:
        pytest.skip("a tilt changes the shape")
    photo = shipped("coffee")
    before = photo.copy()

    def mean_db(severity: float) -> float:
        made = (FAMILIES[family][defect](photo, severity, np.random.default_rng(seed)) for seed in range(12))
        return float(np.mean([psnr_db(check_image(image), photo) for image in made]))

    assert mean_db(0.1) > mean_db(0.9) + 1.5
    np.testing.assert_array_equal(photo, before)


@pytest.mark.parametrize(("family", "defect"), OTHERS)
@pytest.mark.parametrize("size", [(16, 16), (40, 17)])
def test_small_photos_are_damaged_too(family: Family, defect: Defect, size: tuple[int, int]) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    for seed in range(8):
        check_image(FAMILIES[family][defect](photo, 0.7, np.random.default_rng(seed)))


def spread(image: Image) -> float:
    return float(np.percentile(image, 98)) - float(np.percentile(image, 2))


@pytest.mark.parametrize("family", list(Family))
def test_flat_photos_span_fewer_codes(family: Family) -> None:
    photo = shipped("coffee")
    flat = [FAMILIES[family][Defect.LOW_CONTRAST](photo, 0.8, np.random.default_rng(seed)) for seed in range(8)]
    assert np.mean([spread(each) for each in flat]) < 0.7 * spread(photo)


@pytest.mark.parametrize("family", list(Family))
def test_haze_lifts_blacks(family: Family) -> None:
    photo = room(0)
    for seed in range(8):
        hazy = FAMILIES[family][Defect.HAZY](photo, 0.8, np.random.default_rng(seed))
        assert np.percentile(hazy.min(axis=2), 5) > np.percentile(photo.min(axis=2), 5) + 20


@pytest.mark.parametrize("family", list(Family))
@pytest.mark.parametrize(("defect", "lighter"), [(Defect.LOW_LIGHT, -1), (Defect.GLARING, 1)])
def test_exposure_changes_brightness(family: Family, defect: Defect, lighter: int) -> None:
    photo = shipped("coffee")
    for seed in range(8):
        exposed = FAMILIES[family][defect](photo, 0.6, np.random.default_rng(seed))
        assert lighter * (float(exposed.mean()) - float(photo.mean())) > 12


@pytest.mark.parametrize("seed", range(12))
def test_a_tone_curve_is_monotone_and_inverts(seed: int) -> None:
    curve = random_curve(np.random.default_rng(seed))
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    scene = curve.scene(ramp)
    assert (np.diff(scene[0, :, 0]) >= 0).all()
    np.testing.assert_allclose(curve.develop(scene)[0, 8:240].astype(int), ramp[0, 8:240], atol=3)


def test_depth_follows_the_photo() -> None:
    photo = np.full((120, 160, 3), 200, np.uint8)
    photo[:, 80:] = 40
    steps = []
    for seed in range(10):
        depth = plausible_depth(photo, np.random.default_rng(seed))
        assert depth.shape == (120, 160)
        assert depth.min() > 0
        assert depth.mean() == pytest.approx(1, abs=1e-3)
        across = np.abs(np.diff(np.log(depth[20:-20]), axis=1)).mean(axis=0)
        steps.append(across[74:86].max() / np.median(across))
    assert np.median(steps) > 3, "depth changes where the photo does"


@pytest.mark.parametrize("mean", [0.9, 0.5, 0.3])
def test_transmission_has_its_mean(mean: float) -> None:
    depth = plausible_depth(room(1), np.random.default_rng(0))
    transmission = transmission_of(depth, mean)
    assert float(transmission.mean()) == pytest.approx(mean, abs=0.03)
    assert transmission.max() <= 1


def test_both_families_are_trained_on() -> None:
    photo = shipped("coffee")
    degrade = trained(Defect.HAZY)
    made = {degrade(photo, 0.5, np.random.default_rng(seed)).tobytes() for seed in range(12)}
    assert len(made) == 12
