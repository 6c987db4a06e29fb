"""The ingress deployment: the HTTP surface, in front of the pipeline and the store."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from ray import serve
from ray.serve.handle import DeploymentHandle

from configs.settings import AppArgs
from deployments.pipeline import Pipeline
from deployments.routes import create_api
from deployments.store_client import StoreClient
from imaging.defects import Defect


@serve.ingress()
class Ingress:
    """Takes requests and answers them. What a request means stands in `routes`, how it is carried out in `pipeline`."""

    def __init__(
        self,
        detector: DeploymentHandle[Any],
        enhancers: Mapping[Defect, DeploymentHandle[Any]],
        adjuster: DeploymentHandle[Any],
        store: DeploymentHandle[Any],
        args: AppArgs,
    ) -> None:
        self._args = args
        self._pipeline = Pipeline(detector, enhancers, adjuster, args)
        self._store = StoreClient(store, args.request_timeout_s)

    def __serve_build_asgi_app__(self) -> FastAPI:
        return create_api(self._pipeline, self._args, self._store)
