from __future__ import annotations

import pickle

import pytest

from imaging import errors
from imaging.defects import Defect, Finding, Report


def test_names_are_the_public_ones() -> None:
    assert [str(defect) for defect in Defect] == [
        "blur",
        "low_light",
        "low_contrast",
        "poor_white_balance",
        "noisy",
        "hazy",
        "jpeg_artifacts",
        "glaring",
        "rotation",
    ]


def test_a_report_names_what_reaches_its_threshold() -> None:
    findings = tuple(Finding(defect, 0.5, 0.5 if defect is Defect.HAZY else 0.51) for defect in Defect)
    report = Report(640, 480, "jpeg", -1.5, findings)
    assert report.found == (Defect.HAZY,)
    assert report.severity(Defect.BLUR) == 0.5
    assert pickle.loads(pickle.dumps(report)) == report


@pytest.mark.parametrize("leaf", errors.BelvedereError.__subclasses__())
def test_errors_cross_process_borders(leaf: type[errors.BelvedereError]) -> None:
    arrived = pickle.loads(pickle.dumps(leaf("why")))
    assert type(arrived) is leaf
    assert str(arrived) == "why"
    assert 400 <= arrived.status < 600
    assert leaf.title != errors.BelvedereError.title
