"""Sends photos to a service at a fixed rate and tells how long the answers take.

An open loop: requests leave on schedule whether or not earlier ones are answered, as those of many independent users
do, and latency counts from the scheduled time. A loop that waits for each answer before it sends the next one slows
down with the service and hides its worst times (G. Tene, "How NOT to Measure Latency", 2013: coordinated omission).

    python -m benchmarks.load --host http://127.0.0.1:8000 --rps 20 --duration 30 --megapixels 2
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.latency import Tally, percentile, without_nan
from benchmarks.photos import dark_jpeg, size_of
from benchmarks.wire import Address, Answer, Connection, WireError
from imaging.errors import BelvedereError
from imaging.sniff import recognise

TIMEOUT_S = 60.0
LATE_MS = 10.0
"""A generator whose 99th percentile leaves later than this measures itself."""


@dataclass(slots=True)
class LoadResult:
    """What a run at a fixed rate gave.

    Attributes:
        tally: The answers; latencies from the scheduled time.
        elapsed_s: From the first request to the last answer.
        lags_ms: How much later than scheduled each request left, milliseconds.
        cpu_ms: Processor time of this process per request, milliseconds.
    """

    tally: Tally = field(default_factory=Tally)
    elapsed_s: float = 0.0
    lags_ms: list[float] = field(default_factory=list)
    cpu_ms: float = 0.0


def schedule_s(rps: float, duration_s: float) -> list[float]:
    """Return when requests leave, in seconds from the start: evenly, the first one at 0."""
    return [number / rps for number in range(max(1, round(rps * duration_s)))]


class _Pool:
    """Connections that are open and idle; a new one is opened where none is."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._idle: list[Connection] = []

    async def request(self, request: bytes) -> Answer:
        connection = self._take() or await Connection.open(self._address)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await connection.request(request)
        except TimeoutError as error:
            raise WireError(f"no answer within {TIMEOUT_S:.0f} s") from error
        self._idle.append(connection)
        return answer

    def _take(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
        return None

    def close(self) -> None:
        for connection in self._idle:
            connection.close()


async def run_load(address: Address, request: bytes, rps: float, duration_s: float) -> LoadResult:
    """Send requests on schedule and wait for the last answer.

    Args:
        address: Of the service.
        request: A whole HTTP request.
        rps: Requests a second.
        duration_s: For so long.
    """
    result = LoadResult()
    pool = _Pool(address)
    start_s, start_cpu_s = time.perf_counter(), time.process_time()

    async def send(due_s: float) -> None:
        result.lags_ms.append(1e3 * (time.perf_counter() - due_s))
        answer: Answer | WireError
        try:
            answer = await pool.request(request)
        except WireError as error:
            answer = error
        result.tally.add(answer, 1e3 * (time.perf_counter() - due_s))

    async with asyncio.TaskGroup() as tasks:
        for offset_s in schedule_s(rps, duration_s):
            due_s = start_s + offset_s
            await asyncio.sleep(due_s - time.perf_counter())
            tasks.create_task(send(due_s))
    pool.close()
    result.elapsed_s = time.perf_counter() - start_s
    result.cpu_ms = 1e3 * (time.process_time() - start_cpu_s) / len(result.lags_ms)
    return result


def as_json(result: LoadResult) -> dict[str, object]:
    """Return a result as a JSON document; durations in milliseconds."""
    tally = result.tally
    return {
        "requests": len(result.lags_ms),
        "answers_per_s": tally.good / result.elapsed_s,
        "latency_ms": tally.percentiles_ms(),
        "statuses": {str(status): count for status, count in sorted(tally.statuses.items())},
        "errors": dict(tally.errors),
        "defects_fixed": dict(tally.fixed),
        "stages_ms": tally.stage_medians_ms(),
        "generator": {"late_p99_ms": percentile(result.lags_ms, 99), "cpu_ms_per_request": result.cpu_ms},
    }


def report(result: LoadResult, rps: float) -> str:
    """Return a result as lines for people."""
    tally = result.tally
    statuses = ", ".join(f"{count} x {status}" for status, count in sorted(tally.statuses.items())) or "none"
    latencies = "  ".join(f"{name} {value:.1f}" for name, value in tally.percentiles_ms().items())
    late_ms = percentile(result.lags_ms, 99)
    lines = [
        f"sent      {len(result.lags_ms)} requests at {rps:g}/s; {tally.good / result.elapsed_s:.1f} good answers/s",
        f"latency   {latencies} ms, from the scheduled time",
        f"answers   {statuses}",
        *(f"error     {count} x {reason}" for reason, count in tally.errors.most_common()),
        *(f"fixed     {count} x {names or 'nothing'}" for names, count in tally.fixed.most_common()),
        f"generator {result.cpu_ms:.2f} ms of processor time a request, 99 % left less than {late_ms:.1f} ms late",
    ]
    if tally.first_complaint:
        lines.append(f"the first complaint: {tally.first_complaint}")
    if late_ms > LATE_MS:
        lines.append("WARNING: requests left late; the generator or the machine is short of processor time")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Run from the command line; return 0 if every request was answered in the 200s."""
    parser = argparse.ArgumentParser(prog="benchmarks.load", description="Open-loop load on a running service.")
    parser.add_argument("--host", default="http://127.0.0.1:8000", help="URL of the service (default: %(default)s)")
    parser.add_argument("--rps", type=float, required=True, help="requests a second")
    parser.add_argument("--duration", type=float, default=10, help="seconds (default: %(default)s)")
    photo = parser.add_mutually_exclusive_group()
    photo.add_argument("--photo", type=Path, help="the file to send")
    photo.add_argument("--megapixels", type=float, default=2, help="size of a dark JPEG made for it (default: 2)")
    parser.add_argument("--path", default="/enhance_image", help="route, and query if need be (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args(argv)
    if args.rps <= 0 or args.duration <= 0:
        parser.error("--rps and --duration are above 0")
    try:
        address = Address.of(args.host)
        body = args.photo.read_bytes() if args.photo else dark_jpeg(*size_of(args.megapixels))
        request = address.post(args.path, recognise(body[:64]).media_type, body)
    except (ValueError, OSError, BelvedereError) as error:
        parser.error(str(error))
    result = asyncio.run(run_load(address, request, args.rps, args.duration))
    print(json.dumps(without_nan(as_json(result)), indent=2) if args.json else report(result, args.rps))
    return 0 if result.tally.good == len(result.lags_ms) else 1


if __name__ == "__main__":
    sys.exit(main())
