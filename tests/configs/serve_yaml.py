"""Reads Serve YAMLs as Serve will, but strictly: Serve ignores most keys it does not know, so that a typo is silent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel
from ray.serve import Application
from ray.serve.config import AutoscalingConfig
from ray.serve.deployment import Deployment
from ray.serve.schema import DeploymentSchema, ServeDeploySchema

ROOT = Path(__file__).resolve().parents[2]
RAYSERVICE = ROOT / "configs" / "kuberay" / "rayservice.yaml"

# `AutoscalingConfig | dict` would let anything through as the dict.
STRICTER: dict[tuple[type[BaseModel], str], type[BaseModel]] = {
    (DeploymentSchema, "autoscaling_config"): AutoscalingConfig
}


def serve_configs() -> dict[str, dict[str, Any]]:
    """Return every Serve config of the repository by where it stands."""
    return {
        "serve_config.yaml": yaml.safe_load((ROOT / "serve_config.yaml").read_text()),
        "configs/gpu-cluster.yaml": yaml.safe_load((ROOT / "configs" / "gpu-cluster.yaml").read_text()),
        "configs/kuberay/rayservice.yaml": yaml.safe_load(
            yaml.safe_load(RAYSERVICE.read_text())["spec"]["serveConfigV2"]
        ),
    }


def unknown_keys(config: Mapping[str, Any], model: type[BaseModel] = ServeDeploySchema, at: str = "") -> list[str]:
    """Return the path of every key that no field of Serve's models takes."""
    unknown = []
    by_name = {field.alias or name: field for name, field in model.model_fields.items()} | dict(model.model_fields)
    for key, value in config.items():
        path = f"{at}.{key}".lstrip(".")
        if key not in by_name:
            unknown.append(path)
            continue
        nested = STRICTER.get((model, key)) or next(_models_in(by_name[key].annotation), None)
        if nested is None:
            continue
        items = value if isinstance(value, list) else [value]
        for index, item in enumerate(items):
            if isinstance(item, Mapping):
                unknown += unknown_keys(item, nested, f"{path}.{index}" if isinstance(value, list) else path)
    return unknown


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in {Union, UnionType, list}:
        for part in get_args(annotation):
            yield from _models_in(part)


def deployments_of(app: Application) -> dict[str, Deployment]:
    """Return the deployments of a bound application by name."""
    found: dict[str, Deployment] = {}

    def visit(node: Any) -> None:
        if isinstance(node, Application):
            deployment = node._bound_deployment
            found[deployment.name] = deployment
            visit([deployment.init_args, deployment.init_kwargs])
        elif isinstance(node, Mapping):
            visit(list(node.values()))
        elif isinstance(node, list | tuple):
            for item in node:
                visit(item)

    visit(app)
    return found


def effective_options(deployment: Deployment, override: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a deployment runs with: the code's options with the YAML's in their place, each as a whole."""
    options = {
        "ray_actor_options": deployment.ray_actor_options,
        "autoscaling_config": deployment._deployment_config.autoscaling_config,
        "max_ongoing_requests": deployment.max_ongoing_requests,
    } | dict(override)
    scaling = options["autoscaling_config"]
    if isinstance(scaling, Mapping):
        options["autoscaling_config"] = AutoscalingConfig(**scaling)
    # What Ray reserves when ray_actor_options leaves it out.
    options["ray_actor_options"] = {"num_cpus": 1, "num_gpus": 0} | dict(options["ray_actor_options"])
    return options
