from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import requests

from cli.haproxy import narrow
from tests.deployments.service import children, free_port, serving


def listening(process: psutil.Process) -> set[tuple[str, int]]:
    """Return address and port of all that the proxy listens on."""
    found: set[tuple[str, int]] = set()
    while not found:  # at each change of its configuration a proxy hands over to the next, and ends as we look at it
        for proxy in children(process, "bin/haproxy"):
            with suppress(psutil.Error):
                connections = proxy.net_connections("inet")
                found |= {(each.laddr.ip, each.laddr.port) for each in connections if each.status == psutil.CONN_LISTEN}
    return found


def test_the_service_runs_on_loopback_and_an_interrupt_stops_all_of_it() -> None:
    port = free_port()
    with serving(Path("serve_config.yaml"), port, stop_with=signal.SIGINT) as process:
        assert requests.get(f"http://127.0.0.1:{port}/defects", timeout=10).ok
        opened = listening(process)
        assert ("127.0.0.1", port) in opened
        # Its statistics and metrics too, which Serve alone would open to every interface.
        assert len(opened) == 3
        assert {address for address, _ in opened} == {"127.0.0.1"}


def test_a_taken_port_is_said_at_once() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        command = [str(Path(sys.executable).with_name("belvedere")), "serve"]
        done = subprocess.run(
            command, env=os.environ | {"PORT": str(port)}, capture_output=True, text=True, timeout=30, check=False
        )
    assert done.returncode == 1
    assert f"127.0.0.1:{port} is taken" in done.stderr


def test_only_binds_to_every_interface_are_narrowed() -> None:
    configuration = "frontend a\n    bind :9101\n    bind 10.0.0.1:80\nlisten stats\n  bind *:8404\n"
    assert narrow(configuration) == (
        "frontend a\n    bind 127.0.0.1:9101\n    bind 10.0.0.1:80\nlisten stats\n  bind 127.0.0.1:8404\n"
    )
