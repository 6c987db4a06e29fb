from __future__ import annotations

import time

from benchmarks.parts import milliseconds, photo_of_size, time_detectors, time_references
from imaging.defects import Defect


def test_milliseconds() -> None:
    assert 9 < milliseconds(lambda: time.sleep(0.01), repeats=3) < 100


def test_every_detector_is_timed() -> None:
    photo = photo_of_size(None, 64, 48)
    assert photo.shape == (48, 64, 3)
    names = [name for name, _ in time_detectors(photo)]
    assert [name for name in names if name.removeprefix("detect ") in list(Defect)] == [f"detect {d}" for d in Defect]
    assert names[-1] == "detect all nine"
    assert [name for name, _ in time_references(photo)] == ["table lookup", "JPEG decode"]
