"""Runs the steps of a plan on a photo, in process, and checks each against the detector."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from enhancers.base import AnyEnhancer
from enhancers.plan import Step
from imaging.codec import Photo
from imaging.defects import Defect
from imaging.image import Image, Plane
from imaging.view import View

SeverityOf = Callable[[Defect, Image, Plane | None], float]
"""Severity of one defect in full-size pixels and their opacity; the detector's, handed in since enhancers do not import
it."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """What became of one step.

    Attributes:
        photo: The photo after the step; the photo before it when the step was not kept.
        kept: Whether the repair stands.
    """

    photo: Photo
    kept: bool


def repair_step(enhancer: AnyEnhancer, photo: Photo, step: Step, severity_of: SeverityOf | None) -> StepResult:
    """Repair one defect, and keep the result only if the photo shows less of it than before.

    Args:
        enhancer: The enhancer of `step.defect`.
        photo: Decoded photo; not changed.
        step: What to repair and how strongly.
        severity_of: The detector that judges the result; None keeps every result, for a repair that a person asked for.
    """
    if step.strength <= 0:
        return StepResult(photo, kept=severity_of is None)
    estimate = enhancer.estimate(View.for_defect(step.defect, photo.image, photo.alpha))
    image = enhancer.apply(photo.image, estimate, step.strength)
    alpha = None if photo.alpha is None else enhancer.apply_alpha(photo.alpha, estimate, step.strength)
    if severity_of is not None:
        before = severity_of(step.defect, photo.image, photo.alpha)
        if severity_of(step.defect, image, alpha) >= before:
            return StepResult(photo, kept=False)
    return StepResult(replace(photo, image=image, alpha=alpha), kept=True)


def repair(
    photo: Photo, steps: Iterable[Step], enhancer_for: Callable[[Defect], AnyEnhancer], severity_of: SeverityOf | None
) -> tuple[Photo, tuple[Defect, ...]]:
    """Run all steps in turn.

    Returns:
        The repaired photo and the defects whose repair was kept, in the order of the steps.
    """
    fixed: list[Defect] = []
    for step in steps:
        result = repair_step(enhancer_for(step.defect), photo, step, severity_of)
        photo = result.photo
        if result.kept:
            fixed.append(step.defect)
    return photo, tuple(fixed)
