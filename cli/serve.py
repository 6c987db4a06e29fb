"""`belvedere serve`: the service on this machine, from start to the last process gone."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

import psutil
import requests
import yaml

from configs.environment import FAST_SETTINGS

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT_S = 180
STOP_TIMEOUT_S = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `belvedere serve`."""
    parser.add_argument("--config", type=Path, default=ROOT / "serve_config.yaml", help="the Serve YAML to run")
    parser.add_argument("--host", default=os.environ.get("HOST"), help="address to listen on (default: the YAML's)")
    parser.add_argument("--port", type=int, default=os.environ.get("PORT"), help="port to listen on")


def run(args: argparse.Namespace) -> int:
    """Run the service until it is interrupted. Returns the exit status: 0 after an interrupt, 1 when it failed."""
    config = yaml.safe_load(args.config.read_text())
    http = config.setdefault("http_options", {})
    http["host"] = args.host or http.get("host", "127.0.0.1")
    http["port"] = args.port or http.get("port", 8000)
    if not _is_free(http["host"], http["port"]):
        print(f"{http['host']}:{http['port']} is taken; choose another port with PORT or --port", file=sys.stderr)
        return 1

    with tempfile.TemporaryDirectory(prefix="belvedere-") as folder:
        yaml_path = Path(folder) / "serve.yaml"
        yaml_path.write_text(yaml.safe_dump(config))
        log_path = Path(folder) / "serve.log"
        with log_path.open("wb") as log:
            # A session of its own, so that Ctrl-C reaches this process alone and the cluster is stopped in order.
            process = subprocess.Popen(
                [Path(sys.executable).with_name("serve"), "run", "--app-dir", str(ROOT), yaml_path],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=_environment(Path(folder), loopback=http["host"] == "127.0.0.1"),
                start_new_session=True,
            )
        return _watch(psutil.Process(process.pid), process, _url(http["host"], http["port"]), log_path)


def _environment(folder: Path, loopback: bool) -> dict[str, str]:
    # A cluster and a proxy of its own, whatever else runs on this machine.
    own = {
        "RAY_ADDRESS": "local",
        "RAY_SERVE_HAPROXY_CONFIG_FILE_LOC": str(folder / "haproxy.cfg"),
        "RAY_SERVE_HAPROXY_SOCKET_PATH": str(folder / "haproxy.sock"),
        "RAY_SERVE_HAPROXY_SERVER_STATE_BASE": str(folder),
        "RAY_SERVE_HAPROXY_SERVER_STATE_FILE": str(folder / "server-state"),
        "RAY_SERVE_HAPROXY_STATS_PORT": str(_free_port(8404)),
        "RAY_SERVE_HAPROXY_METRICS_PORT": str(_free_port(9101)),
        # Two services that shared these would answer each other's requests while they start.
        "RAY_SERVE_FALLBACK_PROXY_HTTP_PORT": str(_free_port(8500)),
        "RAY_SERVE_FALLBACK_PROXY_GRPC_PORT": str(_free_port(9500)),
    }
    environment = FAST_SETTINGS | own | os.environ
    haproxy = Path(sys.executable).with_name("belvedere-haproxy")
    if loopback and haproxy.exists():
        environment.setdefault("RAY_SERVE_HAPROXY_BINARY_PATH", str(haproxy))
    return environment


def _watch(root: psutil.Process, process: subprocess.Popen[bytes], url: str, log_path: Path) -> int:
    interrupted = False

    def on_signal(number: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    started = time.monotonic()
    ready = False
    print(f"Belvedere is starting on {url} …", flush=True)
    while not interrupted and process.poll() is None:
        if not ready and _answers(url):
            ready = True
            print(_welcome(url, time.monotonic() - started), flush=True)
        if not ready and time.monotonic() - started > START_TIMEOUT_S:
            break
        time.sleep(0.2)
    failed = not interrupted
    if interrupted:
        print("\nStopping …", flush=True)
    _stop(root, process)
    if failed:
        print(f"the service {'stopped' if ready else 'did not start'}; the end of its log:", file=sys.stderr)
        print(*log_path.read_text(errors="replace").splitlines()[-40:], sep="\n", file=sys.stderr)
    return int(failed)


def _stop(root: psutil.Process, process: subprocess.Popen[bytes]) -> None:
    """Stop the cluster in order, then see to it that none of its processes is left."""
    try:
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        family = []
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
    _, alive = psutil.wait_procs(family, timeout=5)
    for survivor in alive:
        survivor.kill()
    psutil.wait_procs(alive, timeout=5)


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _free_port(usual: int) -> int:
    """Return the usual port, or any free one when another service has it."""
    if _is_free("127.0.0.1", usual):
        return usual
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _url(host: str, port: int) -> str:
    return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/defects", timeout=2).ok
    except requests.RequestException:
        return False


def _welcome(url: str, seconds: float) -> str:
    return (
        f"Belvedere is ready on {url} ({seconds:.0f} s). Open {url}/ in a browser, or repair a photo with\n"
        f"  curl -F image=@photo.jpg {url}/enhance_image -o better.jpg\n"
        f"Documentation is at {url}/docs; Ctrl-C stops the service."
    )
