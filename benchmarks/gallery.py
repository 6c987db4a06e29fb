"""Makes the pictures of `docs/gallery.md`: photos, one repair of each by name, and what the default path returns.

    python -m benchmarks.gallery --photos DIR --out docs

The pictures are free to publish: views of Poly Haven's radiance maps (CC0; folder `hdr` of the photos, see
`training.radiance_maps`), photos that scikit-image ships (coffee, Rachel Michetti, CC0; cat, Stéfan van der Walt, CC0;
astronaut, NASA, public domain), and pictures drawn by the tests.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from benchmarks.picture import photo_of
from benchmarks.repairs import ThisVersion
from imaging.codec import EncodeOptions, encode
from imaging.defects import Defect
from imaging.image import Image
from tests.detector import pictures
from tests.photos import room, shipped
from training.degradations import FAMILIES, Family
from training.degradations.camera import recompress
from training.degradations.geometry import tilt
from training.exposure import expose, load_radiance, meter, perspective
from training.photos import photos_root

TILE_PX = (320, 240)
GAP_PX = 4
ROWS = 10
"""Of each picture."""


@dataclass(frozen=True, slots=True)
class Example:
    """One line of the gallery.

    Attributes:
        make: Gives the photo, of the folder of photos.
        defect: The repair shown; None for a picture that is to be left alone.
    """

    make: Callable[[Path], Image]
    defect: Defect | None


def shot(scene: str, heading_deg: float, ev: float, root: Path) -> Image:
    """Return a view of a radiance map at an exposure against the metered one."""
    radiance = np.maximum(load_radiance(root / "hdr" / f"{scene}.hdr"), 0)
    view = meter(np.maximum(perspective(radiance, heading_deg, 100), 0))
    return expose(cv2.resize(view, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), ev, np.random.default_rng(0))


def damaged(make: Callable[[Path], Image], defect: Defect, family: Family, severity: float, root: Path) -> Image:
    """Return a photo with a defect."""
    return FAMILIES[family][defect](make(root), severity, np.random.default_rng(3))


def of_scikit_image(name: str, root: Path) -> Image:
    """Return a photo that scikit-image ships."""
    return shipped(name)


def tilted(make: Callable[[Path], Image], angle_deg: float, root: Path) -> Image:
    """Return a photo whose scene leans."""
    return tilt(make(root), angle_deg)


def saved(make: Callable[[Path], Image], quality: int, root: Path) -> Image:
    """Return a photo after JPEG."""
    return recompress(make(root), quality)


def drawn(draw: Callable[[np.random.Generator], Image], root: Path) -> Image:
    """Return a picture drawn by the tests."""
    return draw(np.random.default_rng(1))


def rendered(root: Path) -> Image:
    """Return a room drawn by the tests."""
    return room(1, 960, 640)


EXAMPLES = (
    Example(partial(shot, "lab", 90, -2.5), Defect.LOW_LIGHT),
    Example(partial(shot, "vestibule_1k", 0, -3.0), Defect.LOW_LIGHT),
    Example(partial(shot, "leadenhall_market_1k", 0, -3.0), Defect.LOW_LIGHT),
    Example(partial(shot, "workshop", 180, 2.0), Defect.GLARING),
    Example(partial(shot, "st_fagans_interior_1k", 90, 2.0), Defect.GLARING),
    Example(partial(shot, "modern_buildings_2_1k", 90, 1.5), Defect.GLARING),
    Example(partial(damaged, partial(shot, "blender_courtyard", 90, 0.0), Defect.HAZY, Family.THIRD, 0.7), Defect.HAZY),
    Example(partial(damaged, partial(of_scikit_image, "coffee"), Defect.HAZY, Family.SECOND, 0.9), Defect.HAZY),
    Example(
        partial(damaged, partial(shot, "pmndrs_apartment", 0, 0.3), Defect.POOR_WHITE_BALANCE, Family.SECOND, 0.9),
        Defect.POOR_WHITE_BALANCE,
    ),
    Example(
        partial(damaged, partial(of_scikit_image, "chelsea"), Defect.POOR_WHITE_BALANCE, Family.THIRD, 0.9),
        Defect.POOR_WHITE_BALANCE,
    ),
    Example(
        partial(damaged, partial(of_scikit_image, "astronaut"), Defect.LOW_CONTRAST, Family.THIRD, 0.8),
        Defect.LOW_CONTRAST,
    ),
    Example(
        partial(damaged, partial(of_scikit_image, "coffee"), Defect.LOW_CONTRAST, Family.SECOND, 0.8),
        Defect.LOW_CONTRAST,
    ),
    Example(partial(damaged, partial(of_scikit_image, "chelsea"), Defect.NOISY, Family.SECOND, 0.8), Defect.NOISY),
    Example(partial(saved, partial(of_scikit_image, "coffee"), 8), Defect.JPEG_ARTIFACTS),
    Example(partial(damaged, partial(of_scikit_image, "chelsea"), Defect.BLUR, Family.SECOND, 0.5), Defect.BLUR),
    Example(partial(tilted, rendered, 4.0), Defect.ROTATION),
    Example(partial(shot, "pmndrs_night", 0, 0.0), None),
    Example(partial(shot, "blender_sunset", 0, 0.0), None),
    Example(partial(drawn, pictures.floor_plan), None),
    Example(partial(drawn, pictures.sepia), None),
)


def line(example: Example, version: ThisVersion, root: Path) -> Image:
    """Return the photo, its repair and the result of the default path side by side."""
    photo = example.make(root)
    repaired = photo if example.defect is None else version.single(example.defect, photo)
    default = version.default_path(photo)
    return np.hstack([_tile(each) for each in (photo, repaired, photo if default is None else default)])


def _tile(photo: Image) -> Image:
    """Return the middle of a photo, as large as it fills a tile."""
    width, height = TILE_PX
    scale = max(width / photo.shape[1], height / photo.shape[0])
    size = (max(width, round(photo.shape[1] * scale)), max(height, round(photo.shape[0] * scale)))
    filled = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    top, left = (filled.shape[0] - height) // 2, (filled.shape[1] - width) // 2
    cut = filled[top : top + height, left : left + width]
    return cv2.copyMakeBorder(cut, 0, GAP_PX, 0, GAP_PX, cv2.BORDER_CONSTANT, value=[255] * 3)


def main(argv: Sequence[str] | None = None) -> None:
    """Command line: write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", help="folder of photos (default: $BELVEDERE_PHOTOS)")
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    args = parser.parse_args(argv)
    root, version = photos_root(args.photos), ThisVersion()
    lines = [line(example, version, root) for example in EXAMPLES]
    for start in range(0, len(lines), ROWS):
        picture = np.ascontiguousarray(np.vstack(lines[start : start + ROWS]))
        path = args.out / f"gallery-{start // ROWS + 1}.jpg"
        path.write_bytes(encode(photo_of(picture), EncodeOptions(quality=85)))


if __name__ == "__main__":
    main()
