from __future__ import annotations

import numpy as np
import pytest

from detector.cast import CAST
from detector.detail import DETAIL
from detector.learned import Family, packaged_weights
from detector.light import LIGHT
from imaging.defects import Defect
from imaging.image import Image
from imaging.mlp import Mlp
from imaging.view import View
from tests.photos import room, shipped

FAMILIES = (DETAIL, LIGHT, CAST)
every_family = pytest.mark.parametrize("family", FAMILIES, ids=[family.name for family in FAMILIES])


def test_each_defect_but_rotation_is_told_by_one_family() -> None:
    told = [defect for family in FAMILIES for defect in family.defects]
    assert sorted(told) == sorted(set(Defect) - {Defect.ROTATION})


@every_family
def test_the_packaged_network_fits_the_features(family: Family) -> None:
    network = Mlp(packaged_weights(), f"{family.name}.")
    features = family.features(View.of(room(0)))
    assert features is not None
    assert (network.inputs, network.outputs) == (len(features), len(family.defects))


@every_family
def test_features_are_finite_whatever_the_photo(family: Family) -> None:
    rng = np.random.default_rng(0)
    for size in ((1, 1), (1, 90), (90, 1), (50, 50), (300, 60), (200, 700)):
        photos = [np.full((*size, 3), code, np.uint8) for code in (0, 1, 128, 254, 255)]
        for photo in (*photos, rng.integers(0, 256, (*size, 3), dtype=np.uint8)):
            features = family.features(View.of(photo))
            assert features is None or np.isfinite(features).all()


def test_a_view_is_measured_once_for_all_defects_of_a_family() -> None:
    measured = []

    def features(view: View) -> None:
        measured.append(view)

    family = Family("any", (Defect.BLUR, Defect.NOISY), features)
    view = View.of(room(0))
    assert [family.severity(view, defect) for defect in family.defects] == [0, 0]
    assert measured == [view]


@pytest.mark.parametrize("code", [0, 255])
def test_a_border_does_not_count(code: int) -> None:
    """Letterboxed listing photos were taken for glaring."""
    photo = shipped("coffee")
    bordered: Image = np.full((photo.shape[0] + 120, photo.shape[1], 3), code, np.uint8)
    bordered[60:-60] = photo
    for defect in LIGHT.defects:
        alone, within = (LIGHT.severity(View.of(each), defect) for each in (photo, bordered))
        assert within == pytest.approx(alone, abs=0.1)
