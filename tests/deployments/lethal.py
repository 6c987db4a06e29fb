"""The application with one enhancer that a certain photo kills, for the tests of what then happens."""

import os
import signal
from dataclasses import replace
from pathlib import Path

from ray.serve import Application

from configs.settings import AppArgs
from deployments.app import compose
from enhancers import CATALOGUE
from enhancers.base import Enhancer
from enhancers.low_light import build as build_low_light
from imaging.defects import Defect
from imaging.image import Image

LETHAL_SHAPE = (66, 66, 3)


class Lethal(Enhancer):
    """An enhancer whose process dies of photos of one size."""

    def __init__(self, inner: Enhancer) -> None:
        self._inner = inner

    def enhance(self, image: Image, strength: float = 1.0) -> Image:
        if image.shape == LETHAL_SHAPE:
            os.kill(os.getpid(), signal.SIGKILL)
        return self._inner.enhance(image, strength)


def build_lethal(device: str, weights: Path | None = None) -> Enhancer:
    return Lethal(build_low_light(device, weights))


def build_app(args: AppArgs) -> Application:
    catalogue = [replace(spec, build=build_lethal) if spec.defect is Defect.LOW_LIGHT else spec for spec in CATALOGUE]
    return compose(args, "cpu", catalogue)
