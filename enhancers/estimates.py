"""The parameters of every defect in one photo, for people to read: what each repair would undo."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from enhancers.base import EnhancerSpec
from imaging.defects import Defect
from imaging.view import View

Described = Mapping[Defect, Mapping[str, float | list[float]]]
"""Parameters by defect and by name, in the units that the names end with."""


class Estimators:
    """Estimates the parameters of all defects as their enhancers do, without importing torch.

    Args:
        weights: The repairs, each with another checkpoint of its network family or, for the packaged one, None.

    Raises:
        WeightsError: A checkpoint cannot be used.
    """

    def __init__(self, weights: Mapping[EnhancerSpec, Path | None]) -> None:
        self._estimators = {spec.defect: spec.estimator(path) for spec, path in weights.items()}

    def describe(self, view: View) -> Described:
        """Return the parameters of each defect in the photo of a view, found or not."""
        return {defect: estimate(view).described() for defect, estimate in self._estimators.items()}
