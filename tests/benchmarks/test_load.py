from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path

import pytest

from benchmarks.load import main, run_load, schedule_s
from benchmarks.wire import Address
from tests.cli.fake_service import Reply, Request, fake_service, full, photo
from tests.cli.files import JPEG


def test_requests_are_spread_evenly() -> None:
    assert schedule_s(4, 1) == [0, 0.25, 0.5, 0.75]
    assert schedule_s(0.1, 1) == [0]
    assert len(schedule_s(50, 2)) == 100


def test_requests_leave_whether_or_not_others_are_answered() -> None:
    together = threading.Barrier(5, timeout=20)

    def answer(request: Request) -> Reply:
        together.wait()
        return photo()

    with fake_service(answer) as service:
        address = Address.of(service.url)
        result = asyncio.run(run_load(address, address.post("/enhance_image", "image/jpeg", JPEG), 50, 0.1))
    assert result.tally.statuses == {200: 5}


def test_latency_counts_from_the_scheduled_time() -> None:
    """The first answer holds up the whole generator: the requests that were due meanwhile must carry the delay."""
    import time

    async def blocked() -> list[float]:
        asyncio.get_running_loop().call_later(0.01, time.sleep, 0.3)
        result = await run_load(address, address.post("/enhance_image", "image/jpeg", JPEG), 50, 0.2)
        return result.tally.latencies_ms

    with fake_service(lambda request: photo()) as service:
        address = Address.of(service.url)
        latencies_ms = asyncio.run(blocked())
    assert len(latencies_ms) == 10
    assert sum(latency_ms > 100 for latency_ms in latencies_ms) >= 5


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.png").write_bytes(JPEG)
    with fake_service(lambda request: photo()) as service:
        arguments = ["--host", service.url, "--rps", "40", "--duration", "0.1", "--photo", str(tmp_path / "a.png")]
        assert main([*arguments, "--path", "/enhance_image?strategy=first"]) == 0
        assert "4 x 200" in capsys.readouterr().out
        assert main([*arguments, "--json"]) == 0
        document = json.loads(capsys.readouterr().out)
    assert document["requests"] == 4
    assert document["statuses"] == {"200": 4}
    assert document["defects_fixed"] == {"low_light": 4}
    assert service.requests[0] == Request("/enhance_image", {"strategy": ["first"]}, "image/jpeg", JPEG)


def test_errors_are_counted_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.jpg").write_bytes(JPEG)
    with fake_service(lambda request: full()) as service:
        arguments = ["--rps", "40", "--duration", "0.1", "--photo", str(tmp_path / "a.jpg")]
        assert main(["--host", service.url, *arguments]) == 1
    printed = capsys.readouterr().out
    assert "4 x 503" in printed
    assert "the queue is full" in printed
    assert main(["--host", "http://127.0.0.1:9", *arguments]) == 1
    assert "4 x no connection" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [["--rps", "0"], ["--rps", "1", "--host", "localhost"], ["--rps", "1", "--photo", "/"]]
)
def test_wrong_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
