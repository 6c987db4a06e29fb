from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from ray import serve

import deployments.ingress
from configs.settings import AppArgs
from deployments.app import compose
from deployments.people_routes import People
from deployments.routes import Service, create_api
from enhancers import CATALOGUE
from enhancers.base import EnhancerSpec


class RunLocally(Protocol):
    def __call__(self, catalogue: Sequence[EnhancerSpec] = CATALOGUE, **args: Any) -> TestClient: ...


@pytest.fixture
def run_locally(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RunLocally:
    """Give `run(catalogue, **args)`: the whole application in this process, without a cluster, and a client of it.

    Serve's local testing mode runs the real handles on threads and pickles what passes between them. What it has not is
    stood in for here: HTTP (the client talks to the pipeline and the store that the ingress was given) and the object
    store (`ray.put` hands the value back).
    """
    behind: list[tuple[Service, People]] = []

    def spy(service: Service, args: AppArgs, people: People) -> FastAPI:
        behind.append((service, people))
        return create_api(service, args, people)

    monkeypatch.setattr(deployments.ingress, "create_api", spy)
    monkeypatch.setattr("deployments.pipeline.ray", SimpleNamespace(put=lambda value: value))

    def run(catalogue: Sequence[EnhancerSpec] = CATALOGUE, **args: Any) -> TestClient:
        settings = AppArgs.model_validate({"database": str(tmp_path / "people.sqlite")} | args)
        serve.run(compose(settings, "cpu", catalogue), _local_testing_mode=True)
        service, people = behind[-1]
        return TestClient(create_api(service, settings, people), raise_server_exceptions=False)

    return run
