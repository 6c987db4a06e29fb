"""The repairs of a version of the project: of this one in process, of another in a process of its own.

Another version is a folder with its sources, for instance

    mkdir previous && git archive 6619022 | tar -x -C previous

This file is also what runs in that process, with that folder's packages: it may import nothing that an older version
lacks.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any, Protocol

from detector import detect, severity_of
from enhancers import build_enhancer
from enhancers.plan import plan
from enhancers.repair import repair
from imaging.codec import Photo
from imaging.defects import Defect
from imaging.formats import ImageFormat
from imaging.image import Image
from imaging.metadata import Metadata
from imaging.view import View


class Repairs(Protocol):
    """What is measured of a version."""

    def single(self, defect: Defect, image: Image) -> Image:
        """Return the photo after one repair at full strength."""

    def default_path(self, image: Image, turn: bool = True) -> Image | None:
        """Return what `/enhance_image` would, None for 204.

        Args:
            image: The photo.
            turn: Whether it may be straightened; a turned photo cannot be compared with its reference.
        """

    def tilt_deg(self, image: Image) -> float:
        """Return the tilt that is reported for the photo."""


class ThisVersion:
    """Runs the repairs that are imported."""

    def __init__(self) -> None:
        self._built: dict[Defect, Any] = {}

    def single(self, defect: Defect, image: Image) -> Image:
        return self._enhancer(defect).enhance(image)

    def default_path(self, image: Image, turn: bool = True) -> Image | None:
        height, width = image.shape[:2]
        report = detect(width=width, height=height, format="jpeg", view=View.of(image))
        steps = [step for step in plan(report) if turn or step.defect is not Defect.ROTATION]
        photo, fixed = repair(Photo(image, None, ImageFormat.JPEG, Metadata()), steps, self._enhancer, severity_of)
        return photo.image if fixed else None

    def tilt_deg(self, image: Image) -> float:
        height, width = image.shape[:2]
        return detect(width=width, height=height, format="jpeg", view=View.of(image)).angle_deg

    def _enhancer(self, defect: Defect) -> Any:
        if defect not in self._built:
            self._built[defect] = build_enhancer(defect)
        return self._built[defect]


class OtherVersion:
    """Runs the repairs of another folder in a process of its own; ends with this object's `close`."""

    def __init__(self, folder: Path) -> None:
        if not (folder / "enhancers" / "__init__.py").is_file():
            raise FileNotFoundError(f"{folder} holds no version of this project")
        # -P: the packages are that folder's, and not those beside this file.
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__).resolve())],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(folder.resolve())},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def single(self, defect: Defect, image: Image) -> Image:
        return self._ask("single", str(defect), image)

    def default_path(self, image: Image, turn: bool = True) -> Image | None:
        return self._ask("default_path", image, turn)

    def tilt_deg(self, image: Image) -> float:
        return self._ask("tilt_deg", image)

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _ask(self, method: str, *args: object) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        pickle.dump((method, args), self._process.stdin)
        self._process.stdin.flush()
        return pickle.load(self._process.stdout)


def serve() -> None:
    """Answer what `OtherVersion` asks on the standard streams until they close."""
    import cv2

    cv2.setNumThreads(1)
    version = ThisVersion()
    while True:
        try:
            method, args = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        arguments = [Defect(each) if isinstance(each, str) else each for each in args]
        pickle.dump(getattr(version, method)(*arguments), sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    serve()
