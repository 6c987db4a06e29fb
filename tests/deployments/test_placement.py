"""Where replicas go on a cluster with a GPU, without a GPU: Ray counts what its nodes pretend to have."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 240

# The placement is the same with the slower settings, and the cluster is up sooner.
ENVIRONMENT = {
    "RAY_AUTH_MODE": "disabled",
    "RAY_SERVE_ENABLE_HA_PROXY": "0",
    "RAY_SERVE_THROUGHPUT_OPTIMIZED": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
}


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    # Short: Ray's sockets lie under it, and the path of a socket has at most 107 characters.
    with tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.deployments.placement"],
            cwd=ROOT,
            env=inherited | ENVIRONMENT | {"RAY_TMPDIR": folder, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            out, err = process.communicate(timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
        assert process.returncode == 0, err[-4000:]
    return json.loads(out.splitlines()[-1])


def is_enhancer(name: str) -> bool:
    return name.startswith("Enhancer-")


def test_auto_takes_fractions_of_a_gpu_where_there_is_one(seen: dict[str, Any]) -> None:
    assert seen["auto_with_gpu"] == {name: 0.1 * is_enhancer(name) for name in seen["auto_with_gpu"]}


def test_auto_takes_no_gpu_where_there_is_none(seen: dict[str, Any]) -> None:
    assert set(seen["auto_without_gpu"].values()) == {0}


def test_gpu_says_at_once_that_there_is_none(seen: dict[str, Any]) -> None:
    # Replicas that ask for one would wait for ever, and without a word.
    assert "the cluster has no GPU" in seen["gpu_without_gpu"]


@pytest.mark.parametrize("run", ["defaults", "profile"])
def test_enhancers_land_where_the_gpu_is(seen: dict[str, Any], run: str) -> None:
    enhancers = {name: nodes for name, nodes in seen[run]["replicas"].items() if is_enhancer(name)}
    assert len(enhancers) == 9
    assert enhancers == {name: ["gpu"] for name in enhancers}


def test_nine_default_fractions_are_packed_into_one_gpu(seen: dict[str, Any]) -> None:
    assert seen["defaults"]["gpus_left"] == pytest.approx(0.1)


def test_the_fractions_of_the_gpu_profile_are_packed_into_one_gpu(seen: dict[str, Any]) -> None:
    assert seen["profile"]["gpus_left"] == pytest.approx(0.01)


def test_the_gpu_profile_keeps_the_other_replicas_off_the_gpu_node(seen: dict[str, Any]) -> None:
    others = {name: nodes for name, nodes in seen["profile"]["replicas"].items() if not is_enhancer(name)}
    assert others == {"Ingress": ["cpu"] * 2, "Detector": ["cpu"] * 2, "Adjuster": ["cpu"], "Store": ["cpu"]}
