"""Measures how much of the codec limit a running service reaches, and where the time of one request goes.

The codec limit is what nobody can beat: decoding and encoding the same photo on one thread, times the number of cores.
It is measured in the same run, before and after the load, since machines are noisy.

    python -m benchmarks.throughput --url http://127.0.0.1:8000 --clients 8 --seconds 10
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

from benchmarks.latency import Tally, percentile, without_nan
from benchmarks.photos import SIZES, dark_jpeg
from benchmarks.wire import Address, Answer, Connection, WireError
from configs.environment import FAST_SETTINGS
from imaging.codec import EncodeOptions, decode, encode
from imaging.defects import Defect
from imaging.limits import Limits

ROUTE = "/enhance_image"
ONE_CLIENT_SHARE, LIMIT_SHARE, WARM_UP_SHARE = 0.4, 0.2, 0.1
"""How long one client, the limit (twice) and the warm-up take, as shares of the time that all clients are measured."""

_ALLOCATOR = {name: value for name, value in FAST_SETTINGS.items() if name.startswith("MALLOC_")}
"""The limit is measured under the service's own allocator settings, or else the service would seem better by them."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What the codec alone takes, on one thread.

    Attributes:
        decode_ms: Of one photo, median.
        encode_ms: Of one photo, median.
    """

    decode_ms: float
    encode_ms: float

    def per_second(self, cores: int) -> float:
        """Return how many photos a second all cores could decode and encode."""
        return cores * 1e3 / (self.decode_ms + self.encode_ms)


@dataclass(frozen=True, slots=True)
class SizeResult:
    """What was measured with one size of photo.

    Attributes:
        name: Of the size.
        file_bytes: Of the photo that was sent.
        answer_bytes: Of the photo that came back.
        limit: Mean of the limit before and after the load.
        cores: Of this machine.
        many: Answers to all clients at once.
        many_per_second: Good answers a second to all clients.
        one: Answers to one client.
    """

    name: str
    file_bytes: int
    answer_bytes: int
    limit: Limit
    cores: int
    many: Tally
    many_per_second: float
    one: Tally

    @property
    def share(self) -> float:
        """Requests a second as a share of the codec limit."""
        return self.many_per_second / self.limit.per_second(self.cores)

    @property
    def remainder_ms(self) -> float:
        """What one request of one client takes outside the stages that the service names, median."""
        return percentile(self.one.remainders_ms, 50)

    @property
    def is_repaired(self) -> bool:
        """Whether every answer was the photo with its darkness repaired, which is what the figures are about."""
        tallies = (self.many, self.one)
        return all(
            tally.good > 0
            and set(tally.statuses) == {200}
            and not tally.errors
            and all(Defect.LOW_LIGHT.value in names for names in tally.fixed)
            for tally in tallies
        )


def measure_limit(photo: bytes, seconds: float) -> Limit:
    """Return what decoding and encoding take on one thread.

    Args:
        photo: The file.
        seconds: How long to measure.
    """
    limits, options = Limits(), EncodeOptions()
    decode_ms: list[float] = []
    encode_ms: list[float] = []
    end_s = time.perf_counter() + seconds
    while time.perf_counter() < end_s or len(decode_ms) < 5:
        start_s = time.perf_counter()
        decoded = decode(photo, limits)
        middle_s = time.perf_counter()
        encode(decoded, options)
        decode_ms.append(1e3 * (middle_s - start_s))
        encode_ms.append(1e3 * (time.perf_counter() - middle_s))
    return Limit(percentile(decode_ms, 50), percentile(encode_ms, 50))


async def measure_clients(address: Address, request: bytes, clients: int, seconds: float) -> tuple[Tally, float, int]:
    """Let clients send one request after the other.

    Returns:
        The answers, good answers a second, and the length of the last good answer in bytes.
    """
    tally = Tally()
    answer_bytes = 0
    start_s = time.perf_counter()
    end_s = start_s + seconds

    async def client() -> None:
        nonlocal answer_bytes
        connection: Connection | None = None
        while (sent_s := time.perf_counter()) < end_s:
            answer: Answer | WireError
            try:
                connection = connection or await Connection.open(address)
                answer = await connection.request(request)
                answer_bytes = answer.body_bytes if answer.status == 200 else answer_bytes
            except WireError as error:
                answer, connection = error, None
                await asyncio.sleep(0.05)  # a service that is gone is not asked a thousand times a second
            tally.add(answer, 1e3 * (time.perf_counter() - sent_s))
        if connection is not None:
            connection.close()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(clients):
            tasks.create_task(client())
    # The last answers come after the end: they count, and so does the time until they were there.
    return tally, tally.good / (time.perf_counter() - start_s), answer_bytes


def measure_size(address: Address, name: str, clients: int, seconds: float, query: str) -> SizeResult:
    """Measure one size: limit, one client, all clients, limit again."""
    photo = dark_jpeg(*SIZES[name])
    request = address.post(ROUTE + query, "image/jpeg", photo)
    # The first photos of a size are slower: memory is taken, enhancers are built.
    asyncio.run(measure_clients(address, request, clients, seconds * WARM_UP_SHARE))
    before = measure_limit(photo, seconds * LIMIT_SHARE)
    one, _, answer_bytes = asyncio.run(measure_clients(address, request, 1, seconds * ONE_CLIENT_SHARE))
    many, many_per_second, _ = asyncio.run(measure_clients(address, request, clients, seconds))
    after = measure_limit(photo, seconds * LIMIT_SHARE)
    limit = Limit((before.decode_ms + after.decode_ms) / 2, (before.encode_ms + after.encode_ms) / 2)
    return SizeResult(name, len(photo), answer_bytes, limit, os.cpu_count() or 1, many, many_per_second, one)


def as_json(result: SizeResult) -> dict[str, object]:
    """Return a result as a JSON document; durations in milliseconds."""
    return {
        "size": result.name,
        "file_bytes": result.file_bytes,
        "answer_bytes": result.answer_bytes,
        "decode_ms": result.limit.decode_ms,
        "encode_ms": result.limit.encode_ms,
        "cores": result.cores,
        "codec_limit_per_s": result.limit.per_second(result.cores),
        "requests_per_s": result.many_per_second,
        "share": result.share,
        "latency_ms": result.many.percentiles_ms(),
        "one_client_latency_ms": result.one.percentiles_ms(),
        "stages_ms": result.one.stage_medians_ms(),
        "remainder_ms": result.remainder_ms,
        "statuses": {str(status): count for status, count in sorted(result.many.statuses.items())},
        "errors": dict(result.many.errors),
        "defects_fixed": dict(result.many.fixed),
        "is_repaired": result.is_repaired,
    }


def table(results: Sequence[SizeResult], clients: int) -> str:
    """Return the results as lines for people."""
    heads = ("size", "decode", "encode", "limit/s", "requests/s", "share", "p50", "p95", "1 client p50", "answers")
    rows = [heads]
    for result in results:
        latencies = result.many.percentiles_ms()
        statuses = [f"{count} x {status}" for status, count in sorted(result.many.statuses.items())]
        errors = sum(result.many.errors.values())
        rows.append(
            (
                result.name,
                f"{result.limit.decode_ms:.1f} ms",
                f"{result.limit.encode_ms:.1f} ms",
                f"{result.limit.per_second(result.cores):.1f}",
                f"{result.many_per_second:.1f}",
                f"{result.share:.2f}",
                f"{latencies['p50']:.0f} ms",
                f"{latencies['p95']:.0f} ms",
                f"{percentile(result.one.latencies_ms, 50):.1f} ms",
                ", ".join([*statuses, *([f"{errors} without answer"] if errors else [])]),
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(0, f"{clients} clients, {results[0].cores if results else 0} cores; share = requests/s of limit/s")
    for result in results:
        stages = "  ".join(f"{stage} {ms:.1f}" for stage, ms in result.one.stage_medians_ms().items())
        lines.append(f"{result.name}: one request, ms: {stages}  HTTP, proxy and hops {result.remainder_ms:.1f}")
        lines.extend(warnings(result))
    return "\n".join(lines)


def warnings(result: SizeResult) -> list[str]:
    """Return what makes the figures of a size worthless, loudly."""
    if result.is_repaired:
        return []
    statuses = dict(result.many.statuses + result.one.statuses)
    fixed = ", ".join(sorted({names or "nothing" for names in (result.many.fixed | result.one.fixed)})) or "nothing"
    lines = [f"WARNING: {result.name}: NOT every answer was a repaired photo: answers {statuses}, fixed {fixed}"]
    lines.extend(f"WARNING: {result.name}: {count} x {reason}" for reason, count in result.many.errors.items())
    if complaint := result.many.first_complaint or result.one.first_complaint:
        lines.append(f"WARNING: {result.name}: the service says: {complaint}")
    return lines


def main(argv: Sequence[str] | None = None) -> int:
    """Run from the command line; return 0 if every answer was a repaired photo."""
    parser = argparse.ArgumentParser(prog="benchmarks.throughput", description="Throughput against the codec limit.")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="the service (default: %(default)s)")
    parser.add_argument("--clients", type=int, default=8, help="clients at once (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=10, help="how long a size is loaded (default: %(default)s)")
    parser.add_argument("--sizes", nargs="+", choices=list(SIZES), default=list(SIZES), help="photos (default: all)")
    parser.add_argument("--query", default="", help="query of the requests, e.g. ?strategy=first")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file, too")
    args = parser.parse_args(argv)
    if args.clients < 1 or not args.seconds > 0 or math.isinf(args.seconds):
        parser.error("--clients and --seconds are above 0")
    try:
        address = Address.of(args.url)
    except ValueError as error:
        parser.error(str(error))
    cv2.setNumThreads(1)
    results = [measure_size(address, name, args.clients, args.seconds, args.query) for name in args.sizes]
    print(table(results, args.clients))
    if args.json is not None:
        args.json.write_text(json.dumps(without_nan([as_json(result) for result in results]), indent=2) + "\n")
    return 0 if all(result.is_repaired for result in results) else 1


if __name__ == "__main__":
    if any(os.environ.get(name) != value for name, value in _ALLOCATOR.items()):
        command = [sys.executable, "-m", "benchmarks.throughput", *sys.argv[1:]]
        os.execve(sys.executable, command, {**os.environ, **_ALLOCATOR})
    sys.exit(main())
