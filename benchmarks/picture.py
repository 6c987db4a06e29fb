"""Makes the README's before/after picture: photos damaged as phones damage them, and what the default path returns.

    python -m benchmarks.picture docs/before-after.jpg

The photos are free to publish: a room rendered by `tests.photos`, and scikit-image's cup of coffee (CC0, Rachel
Michetti).
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

from detector import detect, severity_of
from enhancers import build_enhancer
from enhancers.plan import plan
from enhancers.repair import repair
from enhancers.rotation import rotate
from imaging.codec import EncodeOptions, Photo, encode
from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.formats import ImageFormat
from imaging.image import Image
from imaging.metadata import Metadata
from imaging.view import View
from tests.photos import room, shipped

HEIGHT_PX, GAP_PX = 300, 6
TILT_DEG = -4.0
LAMP_LIGHT = np.array([0.13, 0.1, 0.06], np.float32)


def damaged(image: Image) -> Image:
    """Return the photo as a phone held askew takes it by lamp light, three stops too dark, with the sensor's noise."""
    light = srgb_to_linear(rotate(image, TILT_DEG)) * LAMP_LIGHT
    noise = np.random.default_rng(0).standard_normal(light.shape, np.float32)
    return linear_to_srgb(light + noise * np.sqrt(np.float32(2e-5) * light))


def enhanced(image: Image) -> Image:
    """Return what the service would."""
    height, width = image.shape[:2]
    steps = plan(detect(width=width, height=height, format="jpeg", view=View.of(image)))
    photo, fixed = repair(photo_of(image), steps, build_enhancer, severity_of)
    print("repaired:", ", ".join(fixed))
    return photo.image


def photo_of(image: Image) -> Photo:
    """Return pixels as a JPEG photo without metadata."""
    return Photo(image, None, ImageFormat.JPEG, Metadata())


def _framed(image: Image, width: int) -> Image:
    """Return the middle of a photo at the picture's height and a given width."""
    height = round(image.shape[0] * width / image.shape[1])
    resized = cv2.resize(image, (width, max(height, HEIGHT_PX)), interpolation=cv2.INTER_AREA)
    top = (resized.shape[0] - HEIGHT_PX) // 2
    return cv2.copyMakeBorder(
        resized[top : top + HEIGHT_PX], 0, GAP_PX, 0, GAP_PX, cv2.BORDER_CONSTANT, value=[255] * 3
    )


def main() -> None:
    """Write the picture to the path given."""
    rows = []
    for image in (room(0, 960, 640), shipped("coffee")):
        before = damaged(image)
        rows.append(np.hstack([_framed(before, 440), _framed(enhanced(before), 440)]))
    picture = np.ascontiguousarray(np.vstack(rows))
    Path(sys.argv[1]).write_bytes(encode(photo_of(picture), EncodeOptions(quality=88)))


if __name__ == "__main__":
    main()
