"""Makes the picture of known failures in the model cards: photos as they were, damaged, and repaired by one enhancer.

    python -m benchmarks.failures docs/failures.jpg

The photos are free to publish: rooms rendered by `tests.photos`, and of those that scikit-image ships the cup of coffee
(CC0, Rachel Michetti), the cat (CC0, Stéfan van der Walt) and the rocket (CC0, SpaceX).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks.picture import photo_of
from enhancers import build_enhancer
from imaging.codec import EncodeOptions, encode
from imaging.defects import Defect
from imaging.image import Image
from tests.photos import room, shipped
from training.degradations import DEGRADATIONS

TILE_PX = (320, 240)
GAP_PX = 4
CAPTION_PX = 22


@dataclass(frozen=True, slots=True)
class Failure:
    """One damage, and what its repair leaves or adds.

    Attributes:
        defect: The damage.
        photo: "room", or a name of `tests.photos.shipped`.
        seed: Of the damage.
        caption: What to look at.
    """

    defect: Defect
    photo: str
    seed: int
    caption: str


SEVERITY = 0.85

FAILURES = (
    Failure(Defect.HAZY, "rocket", 5, "hazy: a veil that changes from side to side leaves stains"),
    Failure(Defect.LOW_LIGHT, "rocket", 5, "low_light: noise is lifted with the sky"),
    Failure(Defect.POOR_WHITE_BALANCE, "room", 5, "poor_white_balance: of two lights one is left, on the window"),
    Failure(Defect.GLARING, "coffee", 1, "glaring: what clipped altogether is white, and in one channel, yellow"),
    Failure(Defect.BLUR, "chelsea", 5, "blur: strong blur is beyond repair"),
    Failure(Defect.NOISY, "rocket", 5, "noisy: in a dark sky coarse noise is left"),
    Failure(Defect.JPEG_ARTIFACTS, "rocket", 5, "jpeg_artifacts: coarse patches of colour stay in a sky"),
    Failure(Defect.ROTATION, "chelsea", 5, "rotation: without straight lines no tilt is told"),
)


def row(failure: Failure) -> Image:
    """Return the three photos side by side, under their caption."""
    clean = room(1, 960, 640) if failure.photo == "room" else shipped(failure.photo)
    damaged = DEGRADATIONS[failure.defect](clean, SEVERITY, np.random.default_rng(failure.seed))
    repaired = build_enhancer(failure.defect, "cpu").enhance(damaged)
    tiles = np.hstack([_tile(photo) for photo in (clean, damaged, repaired)])
    caption = np.full((CAPTION_PX, tiles.shape[1], 3), 255, np.uint8)
    cv2.putText(caption, failure.caption, (2, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
    return np.vstack([caption, tiles])


def _tile(photo: Image) -> Image:
    """Return the middle of a photo, as large as it fills a tile."""
    width, height = TILE_PX
    scale = max(width / photo.shape[1], height / photo.shape[0])
    size = (max(width, round(photo.shape[1] * scale)), max(height, round(photo.shape[0] * scale)))
    filled = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    top, left = (filled.shape[0] - height) // 2, (filled.shape[1] - width) // 2
    cut = filled[top : top + height, left : left + width]
    return cv2.copyMakeBorder(cut, 0, GAP_PX, 0, GAP_PX, cv2.BORDER_CONSTANT, value=[255] * 3)


def main() -> None:
    """Write the picture to the path given."""
    picture = np.ascontiguousarray(np.vstack([row(failure) for failure in FAILURES]))
    Path(sys.argv[1]).write_bytes(encode(photo_of(picture), EncodeOptions(quality=85)))


if __name__ == "__main__":
    main()
