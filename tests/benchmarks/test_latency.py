from __future__ import annotations

import json
import math

import numpy as np
import pytest

from benchmarks.latency import Tally, percentile, server_timing_ms, without_nan
from benchmarks.wire import Answer, WireError


@pytest.mark.parametrize("percent", [0, 1, 50, 90, 95, 99, 100])
def test_percentiles_are_numpys(percent: float) -> None:
    values = np.random.default_rng(0).exponential(size=37).tolist()
    assert percentile(values, percent) == pytest.approx(float(np.percentile(values, percent)))


def test_percentiles_of_little() -> None:
    assert percentile([3.0], 99) == 3.0
    assert math.isnan(percentile([], 50))


def test_server_timing() -> None:
    header = 'decode;dur=4.5, repair;desc="low light";dur="7", decode;dur=1, hit'
    assert server_timing_ms(header) == {"decode": 5.5, "repair": 7.0}
    assert server_timing_ms("") == {}


def answer(status: int = 200, stages: str = "decode;dur=2, repair;dur=3", fixed: str = "low_light") -> Answer:
    return Answer(status, {"server-timing": stages, "x-defects-fixed": fixed}, b"a complaint", 11)


def test_a_tally() -> None:
    tally = Tally()
    for latency_ms in (10.0, 20.0, 30.0):
        tally.add(answer(), latency_ms)
    tally.add(answer(503), 1.0)
    tally.add(WireError("the connection broke off"), 2.0)
    assert tally.good == 3
    assert tally.statuses == {200: 3, 503: 1}
    assert tally.errors == {"the connection broke off": 1}
    assert tally.fixed == {"low_light": 3}
    assert tally.first_complaint == "a complaint"
    assert tally.percentiles_ms()["p50"] == 20.0
    assert tally.percentiles_ms()["max"] == 30.0
    assert tally.stage_medians_ms() == {"decode": 2.0, "repair": 3.0}
    assert tally.remainders_ms == [5.0, 15.0, 25.0]


def test_nothing_measured_is_still_json() -> None:
    document = without_nan({"latency_ms": Tally().percentiles_ms(), "list": [math.nan, 1, "a"]})
    assert json.loads(json.dumps(document, allow_nan=False))["list"] == [None, 1, "a"]
    assert document["latency_ms"]["p99"] is None
