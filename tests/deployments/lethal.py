"""The application with one enhancer that a certain photo kills, for the tests of what then happens."""

import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

from ray.serve import Application

from configs.settings import AppArgs
from deployments.app import compose
from enhancers import CATALOGUE
from enhancers.base import AnyEnhancer, Enhancer
from enhancers.low_light import build as build_low_light
from imaging.defects import Defect
from imaging.image import Image
from imaging.view import View

LETHAL_SHAPE = (66, 66, 3)


class Lethal(Enhancer[Any]):
    """An enhancer whose process dies of photos of one size."""

    defect = Defect.LOW_LIGHT

    def __init__(self, inner: AnyEnhancer) -> None:
        self._inner = inner

    def estimate(self, view: View) -> Any:
        return self._inner.estimate(view)

    def apply(self, image: Image, estimate: Any, strength: float) -> Image:
        if image.shape == LETHAL_SHAPE:
            os.kill(os.getpid(), signal.SIGKILL)
        return self._inner.apply(image, estimate, strength)


def build_lethal(device: str, weights: Path | None = None) -> AnyEnhancer:
    return Lethal(build_low_light(device, weights))


def build_app(args: AppArgs) -> Application:
    catalogue = [replace(spec, build=build_lethal) if spec.defect is Defect.LOW_LIGHT else spec for spec in CATALOGUE]
    return compose(args, "cpu", catalogue)
