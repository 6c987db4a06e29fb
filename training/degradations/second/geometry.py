"""Tilts of a camera that also looks up or down and aside, through a lens that bends lines."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.image import Image
from training.degradations.camera import between


@dataclass(frozen=True, slots=True)
class Pose:
    """How a camera is held against one that is level and faces what the photo shows.

    Attributes:
        roll_deg: Tilt; positive leans the scene counter-clockwise (the sign of `Report.angle_deg`).
        pitch_deg: Positive looks up: verticals meet above.
        yaw_deg: Aside, about the vertical axis.
        field_deg: Field of view along the long side.
        distortion: Radial, at half a long side from the centre, as a share of that: negative is barrel.
    """

    roll_deg: float
    pitch_deg: float = 0.0
    yaw_deg: float = 0.0
    field_deg: float = 67.0
    distortion: float = 0.0


def rotation(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Tilted by 1.5 to 10 degrees either way, by a camera in a random pose; no corner is empty."""
    return posed(image, random_pose(float(rng.choice([-1, 1])) * between(severity, 1.5, 10.0), rng))


def random_pose(roll_deg: float, rng: np.random.Generator) -> Pose:
    """Draw pitch, yaw, the field of view of a phone's main or wide lens (26 to 14 mm), and what it bends."""
    return Pose(
        roll_deg,
        float(np.clip(rng.normal(0, 3), -8, 8)),
        float(np.clip(rng.normal(0, 5), -12, 12)),
        float(rng.uniform(55, 100)),
        float(rng.uniform(-0.04, 0.02)),
    )


def posed(image: Image, pose: Pose) -> Image:
    """Return the photo as a camera in another pose takes it, from the same place.

    Args:
        image: uint8 (H, W, 3) or (H, W), taken level and straight ahead.
        pose: The other pose.

    Returns:
        The largest view of the photo's proportions about its centre that the photo covers.
    """
    height, width = image.shape[:2]
    low, high = 0.0, 1.5
    for _ in range(14):
        middle = (low + high) / 2
        low, high = (middle, high) if _covered(middle, width, height, pose) else (low, middle)
    size = max(1, int(width * low)), max(1, int(height * low))
    y, x = np.indices(size[::-1], np.float32) - (np.array(size[::-1], np.float32) - 1)[:, None, None] / 2
    column, row = _sources(x, y, width, height, pose)
    return cv2.remap(image, column, row, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def _covered(scale: float, width: int, height: int, pose: Pose) -> bool:
    """Whether a view of `scale` times the photo's sides lies within it; its border is looked at."""
    along = np.linspace(-0.5, 0.5, 17)
    ends = np.repeat([-0.5, 0.5], 17)
    both = np.concatenate([along, along])
    x = (np.concatenate([both, ends]) * width * scale).astype(np.float32)
    y = (np.concatenate([ends, both]) * height * scale).astype(np.float32)
    column, row = _sources(x, y, width, height, pose)
    inside = (column >= -0.5) & (column <= width - 0.5) & (row >= -0.5) & (row <= height - 0.5)
    return bool(inside.all())


def _sources(
    x: NDArray[np.float32], y: NDArray[np.float32], width: int, height: int, pose: Pose
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return column and row in the photo of what is seen at offsets from the centre of the view, pixels."""
    half = max(width, height) / 2
    focal = half / np.tan(np.radians(pose.field_deg / 2))
    bent = (1 + pose.distortion * (x * x + y * y) / half**2) / focal
    seen = _turned_back(pose) @ np.stack([x * bent, y * bent, np.ones_like(x)]).reshape(3, -1)
    depth = np.maximum(seen[2], 1e-3)
    column = seen[0] / depth * focal + (width - 1) / 2
    row = seen[1] / depth * focal + (height - 1) / 2
    return column.reshape(x.shape).astype(np.float32), row.reshape(x.shape).astype(np.float32)


def _turned_back(pose: Pose) -> NDArray[np.float64]:
    """Return the rotation from rays of the camera to those of the level one: x right, y down, z ahead."""
    roll, pitch, yaw = np.radians([pose.roll_deg, pose.pitch_deg, pose.yaw_deg])
    about_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    return about_y @ about_x @ about_z
