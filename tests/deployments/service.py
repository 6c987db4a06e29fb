"""Starts and stops the real service for tests."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, Queue
from typing import IO

import psutil

START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(config: Path, port: int, stop_with: int = signal.SIGTERM) -> Iterator[psutil.Process]:
    """Run `belvedere serve` until it is ready, stop it at the end, and see that no process of it is left.

    Yields the command's process.
    """
    command = [str(Path(sys.executable).with_name("belvedere")), "serve", "--config", str(config), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines: Queue[str] = Queue()
    assert process.stdout is not None
    threading.Thread(target=_pass_on, args=[process.stdout, lines], daemon=True).start()
    said: list[str] = []
    try:
        while not any("is ready" in line for line in said):
            try:
                said.append(lines.get(timeout=START_TIMEOUT_S))
            except Empty:
                raise AssertionError("the service did not get ready:\n" + "".join(said)) from None
            assert process.poll() is None or not lines.empty(), "the service stopped:\n" + "".join(said)
        yield psutil.Process(process.pid)
    finally:
        family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.send_signal(stop_with)
        status = process.wait(STOP_TIMEOUT_S)
        process.stdout.close()
        _, left = psutil.wait_procs(family, timeout=1)
        assert not left, f"processes left behind: {left}"
    assert status == 0


def _pass_on(source: IO[str], lines: Queue[str]) -> None:
    for line in source:
        lines.put(line)


def children(process: psutil.Process, named: str) -> list[psutil.Process]:
    """Return the processes below `process` with that in their command line."""
    found = []
    for child in process.children(recursive=True):
        with suppress(psutil.Error):  # it may have ended meanwhile
            if any(named in part for part in child.cmdline()):
                found.append(child)
    return found
