from __future__ import annotations

from enhancers.plan import ORDER, Step, Strategy, plan, plan_for
from imaging.defects import Defect, Finding, Report


def report(**severities: float) -> Report:
    findings = tuple(Finding(defect, severities.get(defect, 0.0), 0.5) for defect in Defect)
    return Report(4, 3, "jpeg", 0.0, findings)


def test_every_defect_has_its_place() -> None:
    assert sorted(ORDER) == sorted(Defect)


def test_nothing_found_nothing_done() -> None:
    assert plan(report(noisy=0.49)) == ()
    assert plan(report(noisy=0.49), Strategy.FIRST) == ()


def test_restoration_before_tone_before_geometry() -> None:
    steps = plan(report(rotation=0.9, low_light=0.6, noisy=0.5, hazy=0.7), strength=0.8)
    assert steps == tuple(Step(d, 0.8) for d in (Defect.NOISY, Defect.HAZY, Defect.LOW_LIGHT, Defect.ROTATION))


def test_first_is_the_one_furthest_past_its_threshold() -> None:
    assert plan(report(noisy=0.6, low_light=0.9), Strategy.FIRST) == (Step(Defect.LOW_LIGHT, 1.0),)


def test_named_defects_come_once_and_in_order() -> None:
    assert plan_for([Defect.ROTATION, Defect.BLUR, Defect.ROTATION], 0.5) == (
        Step(Defect.BLUR, 0.5),
        Step(Defect.ROTATION, 0.5),
    )
