from __future__ import annotations

import cv2
import numpy as np
import pytest

from detector.compression import JPEG_ARTIFACTS_THRESHOLDS, jpeg_artifacts_severity
from enhancers.jpeg_artifacts import build
from imaging.defects import Sensitivity
from imaging.image import Image
from imaging.view import View
from tests.photos import shipped


def _compress(photo: Image, quality: int) -> Image:
    _, data = cv2.imencode(".jpg", photo[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB)
    assert decoded is not None
    return decoded


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket"])
def test_a_clean_photo_shows_none(name: str) -> None:
    assert jpeg_artifacts_severity(View.of(shipped(name))) < JPEG_ARTIFACTS_THRESHOLDS[Sensitivity.NORMAL]
    assert (
        jpeg_artifacts_severity(View.of(_compress(shipped(name), 90))) < JPEG_ARTIFACTS_THRESHOLDS[Sensitivity.NORMAL]
    )


def test_severity_grows_as_quality_falls() -> None:
    severities = [jpeg_artifacts_severity(View.of(_compress(shipped("astronaut"), q))) for q in (80, 40, 20, 8)]
    assert severities == sorted(severities)
    assert severities[2] > JPEG_ARTIFACTS_THRESHOLDS[Sensitivity.NORMAL]


def test_a_coarse_photo_saved_again_finely_still_shows() -> None:
    again = _compress(_compress(shipped("astronaut"), 15), 95)
    assert jpeg_artifacts_severity(View(again, 1, 95)) > JPEG_ARTIFACTS_THRESHOLDS[Sensitivity.NORMAL]


def test_a_smooth_photo_shows_nothing_at_low_quality() -> None:
    sky = np.tile(np.linspace(150, 200, 640)[None, :, None], (480, 1, 3)).astype(np.uint8)
    assert jpeg_artifacts_severity(View(_compress(sky, 40), 1, 40)) < JPEG_ARTIFACTS_THRESHOLDS[Sensitivity.NORMAL]


def test_a_shifted_grid_counts_the_same() -> None:
    coarse = _compress(shipped("coffee"), 15)
    straight, shifted = (jpeg_artifacts_severity(View.of(p)) for p in (coarse, coarse[3:, 5:]))
    assert shifted == pytest.approx(straight, abs=0.1)


def test_a_reduced_decode_shows_it_too() -> None:
    large = cv2.resize(shipped("astronaut"), (1024, 1024), interpolation=cv2.INTER_CUBIC)
    _, data = cv2.imencode(".jpg", large[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 8])
    half = cv2.imdecode(data, cv2.IMREAD_REDUCED_COLOR_2)
    assert half is not None
    assert (
        jpeg_artifacts_severity(View(np.ascontiguousarray(half[..., ::-1]), 2, 8))
        > JPEG_ARTIFACTS_THRESHOLDS[Sensitivity.NORMAL]
    )


def test_falls_after_the_repair() -> None:
    coarse = _compress(shipped("astronaut"), 15)
    repaired = build("cpu").enhance(coarse)
    assert jpeg_artifacts_severity(View.of(repaired)) < 0.5 * jpeg_artifacts_severity(View.of(coarse))


@pytest.mark.parametrize("shape", [(1, 1), (7, 300), (33, 33), (40, 40)])
def test_judges_any_photo(shape: tuple[int, int]) -> None:
    assert jpeg_artifacts_severity(View.of(np.full((*shape, 3), 90, np.uint8))) == 0
