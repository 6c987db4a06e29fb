from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from enhancers.base import Enhancer
from enhancers.plan import Step
from enhancers.repair import repair, repair_step
from imaging.codec import Photo
from imaging.defects import Defect
from imaging.formats import ImageFormat
from imaging.image import Image, Plane
from imaging.metadata import Metadata
from imaging.view import View
from tests.enhancers.no_estimate import NoEstimate

GREY = Photo(np.full((4, 6, 3), 100, np.uint8), np.full((4, 6), 7, np.uint8), ImageFormat.PNG, Metadata(None, None))


@dataclass
class Brighten(Enhancer[NoEstimate]):
    """Adds `by`, and crops a column as a rotation would."""

    by: int

    def estimate(self, view: View) -> NoEstimate:
        return NoEstimate()

    def apply(self, image: Image, estimate: NoEstimate, strength: float) -> Image:
        return np.ascontiguousarray(image[:, 1:] + np.uint8(self.by * strength))

    def apply_alpha(self, alpha: Plane, estimate: NoEstimate, strength: float) -> Plane:
        return np.ascontiguousarray(alpha[:, 1:])


def darkness(defect: Defect, image: Image, alpha: Plane | None) -> float:
    return float(1 - image.mean() / 255)


STEP = Step(Defect.LOW_LIGHT, 1.0)


def test_a_repair_that_lessens_the_defect_is_kept_with_its_alpha() -> None:
    result = repair_step(Brighten(50), GREY, STEP, darkness)
    assert result.kept
    assert result.photo.image.mean() == 150
    assert result.photo.alpha is not None
    assert result.photo.alpha.shape == result.photo.image.shape[:2]
    assert GREY.image.mean() == 100


def test_a_repair_that_does_not_is_dropped() -> None:
    result = repair_step(Brighten(0), GREY, STEP, darkness)
    assert not result.kept
    assert result.photo is GREY


def test_what_a_person_asked_for_is_not_judged() -> None:
    assert repair_step(Brighten(0), GREY, STEP, None).kept


def test_one_bad_step_does_not_spoil_the_others() -> None:
    enhancers = {Defect.LOW_LIGHT: Brighten(50), Defect.GLARING: Brighten(0)}
    steps = [Step(Defect.LOW_LIGHT, 1.0), Step(Defect.GLARING, 1.0)]
    photo, fixed = repair(GREY, steps, enhancers.__getitem__, darkness)
    assert fixed == (Defect.LOW_LIGHT,)
    assert photo.image.mean() == 150
