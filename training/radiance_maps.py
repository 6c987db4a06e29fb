"""Unpacks more radiance maps to train on, of streets, gardens and rooms, from two packages that carry some.

    npm pack @pmndrs/assets@1.7.0
    pip download --no-deps bpy==5.0.1
    python -m training.radiance_maps pmndrs-assets-1.7.0.tgz bpy-5.0.1-*.whl --out PHOTOS/hdr

All are of Poly Haven (CC0). Maps of scenes that are in the photos already, or in the other package, are left out.
`OpenEXR` comes with the `dev` extra.
"""

from __future__ import annotations

import argparse
import base64
import io
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import OpenEXR
from numpy.typing import NDArray

PMNDRS = ("apartment", "bridge", "city", "dawn", "forest", "night", "park", "sky", "sunrise", "sunset")
BLENDER = ("city", "courtyard", "forest", "interior", "night", "studio", "sunset")
SIZE_PX = (1024, 512)
"""Width and height of the maps written: those of pmndrs are half as large."""

_WHEEL_FOLDER = "bpy/5.0/datafiles/studiolights/world"
_SCRIPT_START = b"export default 'data:application/exr;base64,"


def packed_maps(package: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the OpenEXR file of each map that is wanted of a package.

    Args:
        package: The npm archive (`.tgz`) of `@pmndrs/assets`, or the wheel (`.whl`) of `bpy`.

    Raises:
        KeyError: A map is not in the package.
        ValueError: It is neither of them, or the map is not as it was.
    """
    if package.suffix == ".tgz":
        with tarfile.open(package, "r:gz") as archive:
            for name in PMNDRS:
                member = archive.extractfile(f"package/hdri/{name}.exr.js")
                script = b"" if member is None else member.read()
                if not script.startswith(_SCRIPT_START):
                    raise ValueError(f"{name} is not a script that holds an OpenEXR file")
                yield f"pmndrs_{name}", base64.b64decode(script[len(_SCRIPT_START) :].split(b"'")[0], validate=True)
    elif package.suffix == ".whl":
        with zipfile.ZipFile(package) as wheel:
            for name in BLENDER:
                yield f"blender_{name}", wheel.read(f"{_WHEEL_FOLDER}/{name}.exr")
    else:
        raise ValueError("neither an npm archive (.tgz) nor a wheel (.whl)")


def radiance_map(exr: bytes) -> NDArray[np.float32]:
    """Return an OpenEXR file as linear RGB of `SIZE_PX`, float32 (H, W, 3), not negative.

    Compression and interpolation leave negative light beside lamps; it becomes black.
    """
    with OpenEXR.File(io.BytesIO(exr)) as file:
        pixels = file.channels()["RGB"].pixels.astype(np.float32)
    if pixels.shape[1::-1] != SIZE_PX:
        pixels = cv2.resize(pixels, SIZE_PX, interpolation=cv2.INTER_CUBIC)
    return np.maximum(pixels, 0)


def main(argv: Sequence[str] | None = None) -> None:
    """Command line: write the maps of packages as Radiance files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--out", type=Path, required=True, help="folder for the maps: hdr in that of the photos")
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    for package in args.packages:
        try:
            for name, exr in packed_maps(package):
                cv2.imwrite(str(args.out / f"{name}.hdr"), radiance_map(exr)[..., ::-1])
                print(name)
        except (KeyError, ValueError, OSError, tarfile.TarError, zipfile.BadZipFile) as error:
            parser.error(f"{package.name}: {error}")


if __name__ == "__main__":
    main()
