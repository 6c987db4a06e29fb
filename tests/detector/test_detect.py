from __future__ import annotations

import numpy as np
import pytest

from detector import DETECTORS, detect, severity_of
from imaging.defects import Defect, Report, Sensitivity
from imaging.image import Image
from imaging.view import View
from tests.photos import clean_photos, enlarged, room, rooms
from training.degradations import DEGRADATIONS


def report(image: Image, sensitivity: Sensitivity = Sensitivity.NORMAL) -> Report:
    height, width = image.shape[:2]
    return detect(width=width, height=height, format="jpeg", view=View.of(image), sensitivity=sensitivity)


def test_every_defect_has_one_detector_in_order() -> None:
    assert [spec.defect for spec in DETECTORS] == list(Defect)
    for spec in DETECTORS:
        careful, normal, eager = (spec.thresholds[sensitivity] for sensitivity in Sensitivity)
        assert 0 < eager <= normal <= careful <= 1


def test_more_is_found_the_more_readily() -> None:
    dim = DEGRADATIONS[Defect.LOW_LIGHT](room(1, 800, 600), 0.3, np.random.default_rng(0))
    found = {each: set(report(dim, each).found) for each in Sensitivity}
    assert found[Sensitivity.CAREFUL] <= found[Sensitivity.NORMAL] <= found[Sensitivity.EAGER]
    severities = {tuple(finding.severity for finding in report(dim, each).findings) for each in Sensitivity}
    assert len(severities) == 1


def test_the_report_tells_size_format_and_all_nine() -> None:
    told = report(room(0))
    assert (told.width, told.height, told.format) == (480, 360, "jpeg")
    assert [finding.defect for finding in told.findings] == list(Defect)
    assert all(0 <= finding.severity <= 1 for finding in told.findings)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_clean_room_has_nothing(seed: int) -> None:
    assert report(room(seed, 800, 600)).found == ()


@pytest.mark.parametrize("defect", list(Defect))
def test_each_defect_is_found_where_it_is_bad(defect: Defect) -> None:
    found = []
    for seed, photo in enumerate(rooms()):
        degraded = DEGRADATIONS[defect](enlarged(photo, 800, 600), 0.9, np.random.default_rng(seed))
        found.append(defect in report(degraded).found)
    assert sum(found) >= 2, found


@pytest.mark.parametrize("defect", list(Defect))
def test_severity_grows_with_the_defect(defect: Defect) -> None:
    means = []
    for made in (0.0, 0.5, 1.0):
        judged = [
            severity_of(defect, DEGRADATIONS[defect](photo, made, np.random.default_rng(seed)))
            for seed, photo in enumerate(clean_photos())
        ]
        means.append(float(np.mean(judged)))
    assert means[0] <= means[1] + 0.02
    assert means[1] <= means[2] + 0.02
    assert means[2] > means[0] + 0.15


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (3, 2), (16, 16), (17, 33), (200, 2000)], ids=str)
@pytest.mark.parametrize("fill", ["random", "black", "white", "red"])
def test_every_size_and_flat_fills_are_judged(size: tuple[int, int], fill: str) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    if fill != "random":
        photo[:] = {"black": (0, 0, 0), "white": (255, 255, 255), "red": (255, 0, 0)}[fill]
    photo.flags.writeable = False
    told = report(photo)
    assert all(0 <= finding.severity <= 1 for finding in told.findings)


@pytest.mark.parametrize("defect", list(Defect))
def test_full_size_pixels_are_judged_as_their_view(defect: Defect) -> None:
    """The closed loop reduces more cheaply; it must not see another photo."""
    for seed in range(2):
        photo = enlarged(room(seed), 1600, 1200)
        for image in (photo, DEGRADATIONS[defect](photo, 0.7, np.random.default_rng(seed))):
            assert severity_of(defect, image) == pytest.approx(report(image).severity(defect), abs=0.05)
