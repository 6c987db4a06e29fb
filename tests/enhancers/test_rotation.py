from __future__ import annotations

import cv2
import numpy as np
import pytest

from enhancers.rotation import RotationEnhancer, rotate
from imaging.defects import Defect
from imaging.view import View
from tests.photos import room
from training.degradations.geometry import tilt
from training.metrics import psnr_db


@pytest.mark.parametrize("angle_deg", [-6.0, -2.0, 3.0, 8.0])
def test_a_tilted_room_comes_back(angle_deg: float) -> None:
    upright = room(1, 800, 600)
    straightened = RotationEnhancer().enhance(tilt(upright, angle_deg))
    assert abs(View.of(straightened).tilt.angle_deg) < 0.4
    height, width = straightened.shape[:2]
    top, left = (upright.shape[0] - height) // 2, (upright.shape[1] - width) // 2
    # Pixels move with the last tenth of a degree, so compare what is left when edges are softened.
    same = upright[top : top + height, left : left + width]
    assert psnr_db(cv2.GaussianBlur(straightened, (0, 0), 4), cv2.GaussianBlur(same, (0, 0), 4)) > 30


def test_positive_angles_turn_clockwise() -> None:
    photo = np.zeros((101, 101, 3), np.uint8)
    photo[10:20, 45:56] = 255  # a mark at twelve o'clock
    turned = rotate(photo, 30)
    row, column = (float(axis.mean()) for axis in np.nonzero(turned[..., 0] > 128))
    assert column > turned.shape[1] / 2
    assert row < turned.shape[0] / 2


@pytest.mark.parametrize("angle_deg", [-45.0, -7.3, 0.7, 12.0, 90.0])
@pytest.mark.parametrize("size", [(90, 160), (160, 90), (100, 100)])
def test_the_crop_keeps_the_proportions_and_has_no_empty_corner(angle_deg: float, size: tuple[int, int]) -> None:
    white = np.full((*size, 3), 255, np.uint8)
    framed = cv2.copyMakeBorder(white[2:-2, 2:-2], 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    turned = rotate(framed, angle_deg)
    assert turned.shape[1] / turned.shape[0] == pytest.approx(size[1] / size[0], rel=0.05)
    assert (turned.mean(axis=2) < 128).mean() < 0.12, "nothing but the frame's own rim"
    np.testing.assert_array_equal(rotate(white, angle_deg), np.full_like(turned, 255))


def test_nothing_to_turn_gives_the_same_object() -> None:
    photo = room(0)
    assert RotationEnhancer().enhance(tilt(photo, 5), 0.0).shape == tilt(photo, 5).shape
    assert rotate(photo, 0.0) is photo


def test_half_the_strength_turns_half_as_far() -> None:
    tilted = tilt(room(2, 800, 600), 6.0)
    half = RotationEnhancer().enhance(tilted, 0.5)
    assert View.of(half).tilt.angle_deg == pytest.approx(3.0, abs=0.5)


def test_alpha_keeps_step_with_the_photo() -> None:
    tilted = tilt(room(2, 640, 480), 5.0)
    alpha = cv2.cvtColor(tilted, cv2.COLOR_RGB2GRAY)
    straightened = RotationEnhancer().enhance(tilted)
    estimate = RotationEnhancer().estimate(View.for_defect(Defect.ROTATION, tilted))
    turned_alpha = RotationEnhancer().apply_alpha(alpha, estimate, 1.0)
    assert turned_alpha.shape == straightened.shape[:2]
    difference = cv2.absdiff(turned_alpha, cv2.cvtColor(straightened, cv2.COLOR_RGB2GRAY))
    assert float(difference.mean()) < 1
