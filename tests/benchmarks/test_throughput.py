from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from benchmarks import throughput
from benchmarks.latency import Tally
from benchmarks.photos import SIZES, dark_jpeg, size_of
from benchmarks.throughput import Limit, SizeResult, main, measure_limit, warnings
from imaging.codec import decode, read_header
from imaging.limits import Limits
from tests.cli.fake_service import Reply, fake_service, good, photo


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SIZES, "0.3 MP", (64, 48))


def repaired() -> Reply:
    reply = photo()
    return Reply(reply.status, reply.body, {**reply.headers, "Server-Timing": "decode;dur=0.01, repair;dur=0.02"})


def tally(latency_ms: float, fixed: str = "low_light") -> Tally:
    return Tally([latency_ms], Counter({200: 1}), fixed=Counter({fixed: 1}))


def test_the_limit_is_that_of_all_cores() -> None:
    assert Limit(15, 5).per_second(2) == 100


def test_the_share_is_of_the_limit() -> None:
    result = SizeResult("2 MP", 1, 1, Limit(15, 5), 2, tally(10), 40.0, tally(5))
    assert result.share == 0.4
    assert warnings(result) == []


def test_a_photo_that_is_not_repaired_is_told_loudly() -> None:
    result = SizeResult("2 MP", 1, 1, Limit(15, 5), 2, tally(10, "noisy"), 40.0, tally(5))
    assert "NOT every answer was a repaired photo" in warnings(result)[0]


def test_the_codec_alone() -> None:
    limit = measure_limit(dark_jpeg(64, 48), 0.01)
    assert limit.decode_ms > 0
    assert limit.encode_ms > 0


@pytest.mark.usefixtures("small")
def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "figures.json"
    with fake_service(lambda request: repaired()) as service:
        arguments = ["--url", service.url, "--clients", "2", "--seconds", "0.2", "--sizes", "0.3 MP"]
        assert main([*arguments, "--json", str(target), "--query", "?strategy=first"]) == 0
    assert service.requests[0].query == {"strategy": ["first"]}
    [figures] = json.loads(target.read_text())
    assert figures["is_repaired"]
    assert figures["stages_ms"] == {"decode": 0.01, "repair": 0.02}
    assert figures["share"] == pytest.approx(figures["requests_per_s"] / figures["codec_limit_per_s"])
    printed = capsys.readouterr().out
    assert "0.3 MP" in printed
    assert "WARNING" not in printed


@pytest.mark.usefixtures("small")
def test_a_service_that_repairs_nothing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_service(lambda request: good()) as service:
        assert main(["--url", service.url, "--seconds", "0.1", "--sizes", "0.3 MP"]) == 1
    assert "WARNING" in capsys.readouterr().out


@pytest.mark.usefixtures("small")
def test_no_service(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--url", "http://127.0.0.1:9", "--seconds", "0.1", "--sizes", "0.3 MP"]) == 1
    assert "no connection to 127.0.0.1:9" in capsys.readouterr().out


def test_the_photo_is_dark_and_always_the_same() -> None:
    file = dark_jpeg(640, 480)
    assert file == dark_jpeg(640, 480)
    assert 40_000 < len(file) < 90_000
    header = read_header(file, Limits())
    assert (header.width, header.height) == (640, 480)
    assert 15 < decode(file, Limits()).image.mean() < 60


@pytest.mark.parametrize(("megapixels", "size"), [(2, (1632, 1224)), (12, (4000, 3000)), (0.0001, (16, 12))])
def test_sizes_are_four_to_three(megapixels: float, size: tuple[int, int]) -> None:
    assert size_of(megapixels) == size


def test_the_allocator_is_the_services() -> None:
    assert set(throughput._ALLOCATOR) >= {"MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"}
