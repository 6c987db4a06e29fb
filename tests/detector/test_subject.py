"""Pictures that are meant to look as they do are left alone, and photos are not mistaken for them."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from detector import detect
from detector.content import without_bars
from detector.subject import LEFT_ALONE, subject_of
from imaging.codec import EncodeOptions, Photo, decode_view, encode
from imaging.defects import Defect, Report, Subject
from imaging.formats import ImageFormat
from imaging.image import Image
from imaging.limits import Limits
from imaging.metadata import Metadata
from imaging.view import View
from tests.detector import pictures
from tests.photos import clean_photos, room, rooms
from training.degradations import FAMILIES, Family

SEEDS = range(10)


def report(view: View) -> Report:
    height, width = view.image.shape[:2]
    return detect(width=width, height=height, format="png", view=view)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("draw", [pictures.screenshot, pictures.floor_plan, pictures.gradient, pictures.cut_out])
def test_graphics_are_left_alone(draw: Callable[[np.random.Generator], Image], seed: int) -> None:
    seen = report(View.of(draw(np.random.default_rng(seed))))
    assert seen.subject is Subject.GRAPHIC
    assert seen.found == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_logos_are_left_alone(seed: int) -> None:
    image, alpha = pictures.logo(np.random.default_rng(seed))
    file = encode(Photo(image, alpha, ImageFormat.PNG, Metadata()), EncodeOptions(ImageFormat.PNG))
    assert report(decode_view(file, Limits())[1]).found == ()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("draw", "subject"),
    [
        (pictures.sepia, Subject.TONED),
        (pictures.night_street, Subject.NIGHT),
        (pictures.sunset, Subject.COLOURED_SKY),
        (pictures.sea, Subject.COLOURED_SKY),
    ],
    ids=["sepia", "night", "sunset", "sea"],
)
def test_light_and_colour_that_are_meant_stay(
    draw: Callable[[np.random.Generator], Image], subject: Subject, seed: int
) -> None:
    seen = report(View.of(draw(np.random.default_rng(seed))))
    assert seen.subject is subject
    assert not LEFT_ALONE[subject] & set(seen.found)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_gallery_is_judged_by_its_photo(seed: int) -> None:
    photo = rooms(3)[seed % 3]
    shown = without_bars(View.of(pictures.gallery(photo, np.random.default_rng(seed))))
    height, width = photo.shape[:2]
    assert abs(shown.image.shape[0] - height) <= 0.05 * height
    assert shown.image.shape[1] == width
    assert report(View.of(pictures.gallery(photo, np.random.default_rng(seed)))).found == report(View.of(photo)).found


@pytest.mark.parametrize(
    "size", [(1, 1), (1, 400), (400, 1), (5, 300), (16, 16), (20, 20), (3, 8), (8, 3), (2, 900), (900, 2)]
)
def test_strips_and_icons_are_left_alone(size: tuple[int, int]) -> None:
    strip = cv2.resize(room(0), size[::-1], interpolation=cv2.INTER_AREA)
    assert report(View.of(strip // 4)).found == ()


@pytest.mark.parametrize("family", list(Family))
@pytest.mark.parametrize(
    "defect",
    [Defect.LOW_LIGHT, Defect.GLARING, Defect.HAZY, Defect.LOW_CONTRAST, Defect.POOR_WHITE_BALANCE, Defect.BLUR],
)
def test_photos_stay_photos_whatever_befalls_them(defect: Defect, family: Family) -> None:
    for i, photo in enumerate(clean_photos()[1:3]):
        bad = FAMILIES[family][defect](photo, 0.7, np.random.default_rng(i))
        assert defect not in LEFT_ALONE[subject_of(View.of(bad))], i


def test_transparent_pixels_are_seen_by_no_measure() -> None:
    photo = room(1)
    alpha = np.full(photo.shape[:2], 255, np.uint8)
    alpha[:, :150] = 0
    views = []
    for code in (0, 255):
        hidden = photo.copy()
        hidden[:, :150] = code
        views.append(View.of(hidden, alpha=alpha))
    np.testing.assert_array_equal(views[0].image, views[1].image)
    assert views[0].transparent_share == pytest.approx(150 / photo.shape[1], abs=0.01)


def test_a_report_says_what_it_is() -> None:
    assert report(View.of(rooms(1)[0])).subject is Subject.PHOTO
