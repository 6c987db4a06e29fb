"""Fixtures that more than one room's tests use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import yaml

from tests.deployments.service import free_port, serving


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[psutil.Process, str]]:
    """The whole service on a cluster of its own, started once: its process and its URL.

    It is the application of `serve_config.yaml`, except that photos of one size kill one of its enhancers.
    """
    config = yaml.safe_load(Path("serve_config.yaml").read_text())
    config["applications"][0]["import_path"] = "tests.deployments.lethal:build_app"
    folder = tmp_path_factory.mktemp("service")
    config["applications"][0]["args"]["database"] = str(folder / "people.sqlite")
    path = folder / "serve.yaml"
    path.write_text(yaml.safe_dump(config))
    port = free_port()
    with serving(path, port) as process:
        yield process, f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def url(service: tuple[psutil.Process, str]) -> str:
    return service[1]
