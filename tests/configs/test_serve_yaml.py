from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from ray.serve import Application
from ray.serve._private.api import call_user_app_builder_with_args_if_necessary
from ray.serve.config import AutoscalingConfig
from ray.serve.deployment import Deployment
from ray.serve.schema import ServeDeploySchema
from sqlalchemy import make_url

import deployments.app
from configs.settings import AppArgs
from deployments.app import build_app, compose
from enhancers import CATALOGUE
from tests.configs.serve_yaml import deployments_of, effective_options, serve_configs, unknown_keys
from tests.test_import_layers import outermost, reach_of

CONFIGS = serve_configs()
LAPTOP_CPUS = 2
GPU_PROFILES = sorted(CONFIGS.keys() - {"serve_config.yaml"})


@pytest.fixture(params=CONFIGS, name="config")
def each_config(request: pytest.FixtureRequest) -> dict[str, Any]:
    return CONFIGS[request.param]


def application(config: dict[str, Any]) -> dict[str, Any]:
    [app] = config["applications"]
    return app


def code_of(config: dict[str, Any]) -> dict[str, Deployment]:
    """Build the application of a config, without a cluster."""
    args = AppArgs.model_validate(application(config).get("args", {}))
    return deployments_of(compose(args, "cpu" if args.accelerator == "auto" else args.accelerator, CATALOGUE))


def options_of(config: dict[str, Any]) -> dict[str, dict[str, Any]]:
    overrides = {override["name"]: override for override in application(config).get("deployments", [])}
    return {name: effective_options(code, overrides.get(name, {})) for name, code in code_of(config).items()}


def test_serve_takes_it(config: dict[str, Any]) -> None:
    ServeDeploySchema.model_validate(config)


def test_it_has_no_key_that_serve_would_ignore(config: dict[str, Any]) -> None:
    assert unknown_keys(config) == []


@pytest.mark.parametrize(
    "at",
    [
        ["http_option"],
        ["http_options", "hots"],
        ["applications", 0, "arg"],
        ["applications", 0, "deployments", 3, "max_ongoing_request"],
        ["applications", 0, "deployments", 3, "ray_actor_options", "num_gpu"],
        ["applications", 0, "deployments", 3, "autoscaling_config", "max_replica"],
    ],
)
def test_a_typo_is_noticed(at: list[Any]) -> None:
    broken = deepcopy(CONFIGS["configs/gpu-cluster.yaml"])
    node: Any = broken
    for part in at[:-1]:
        node = node[part]
    node[at[-1]] = 1
    assert unknown_keys(broken) == [".".join(str(part) for part in at)]


def test_its_arguments_are_the_applications(config: dict[str, Any]) -> None:
    AppArgs.model_validate(application(config).get("args", {}))


def test_its_import_path_is_the_builder(config: dict[str, Any]) -> None:
    module, _, function = application(config)["import_path"].partition(":")
    assert module == deployments.app.__name__
    assert getattr(deployments.app, function) is build_app


def test_its_deployments_exist(config: dict[str, Any]) -> None:
    names = [override["name"] for override in application(config).get("deployments", [])]
    assert len(set(names)) == len(names)
    assert set(names) <= code_of(config).keys()


@pytest.mark.parametrize("name", GPU_PROFILES)
def test_a_gpu_profile_leaves_no_deployment_to_chance(name: str) -> None:
    config = CONFIGS[name]
    overrides = {override["name"]: override for override in application(config)["deployments"]}
    assert overrides.keys() == code_of(config).keys()
    for override in overrides.values():
        # A line without num_cpus would reserve a whole CPU: ray_actor_options replaces the code's.
        assert "num_cpus" in override["ray_actor_options"]
        assert {"min_replicas", "max_replicas", "target_ongoing_requests"} <= override["autoscaling_config"].keys()
        assert ("num_gpus" in override["ray_actor_options"]) == override["name"].startswith("Enhancer-")


@pytest.mark.parametrize("name", GPU_PROFILES)
def test_all_enhancers_fit_one_gpu(name: str) -> None:
    options = options_of(CONFIGS[name]).values()
    least = sum(o["ray_actor_options"]["num_gpus"] * o["autoscaling_config"].min_replicas for o in options)
    assert 0 < least <= 1


@pytest.mark.parametrize("name", GPU_PROFILES)
def test_what_computes_on_torch_gets_more_of_the_gpu(name: str) -> None:
    options = options_of(CONFIGS[name])
    on_torch: list[float] = []
    others: list[float] = []
    for spec in CATALOGUE:
        share = options[f"Enhancer-{spec.defect}"]["ray_actor_options"]["num_gpus"]
        uses_torch = "torch" in outermost(reach_of(f"enhancers.{spec.defect}", through_packages=False))
        (on_torch if uses_torch else others).append(share)
    assert min(on_torch) > max(others)


@pytest.mark.parametrize("name", GPU_PROFILES)
def test_a_cluster_keeps_decisions_in_one_place_and_its_password_elsewhere(name: str) -> None:
    url = make_url(application(CONFIGS[name])["args"]["database"])
    assert url.drivername == "postgresql+psycopg"
    assert url.password is None


def test_there_is_one_store(config: dict[str, Any]) -> None:
    assert options_of(config)["Store"]["autoscaling_config"].max_replicas == 1


def test_replicas_can_scale(config: dict[str, Any]) -> None:
    for name, options in options_of(config).items():
        scaling: AutoscalingConfig = options["autoscaling_config"]
        assert 1 <= scaling.min_replicas <= scaling.max_replicas, name
        # A replica never holds more than max_ongoing_requests: a target above it would never be reached.
        assert scaling.get_target_ongoing_requests() <= options["max_ongoing_requests"], name


def test_the_default_application_fits_a_laptop() -> None:
    options = options_of(CONFIGS["serve_config.yaml"]).values()
    least = sum(o["ray_actor_options"]["num_cpus"] * o["autoscaling_config"].min_replicas for o in options)
    assert least <= LAPTOP_CPUS


def test_a_laptop_opens_no_port_to_others() -> None:
    # Serve's own default is every interface.
    assert CONFIGS["serve_config.yaml"]["http_options"]["host"] == "127.0.0.1"


def built(args: dict[str, Any]) -> Application:
    """Run the builder as Serve does for a YAML."""
    return call_user_app_builder_with_args_if_necessary(build_app, args)


def test_serve_parses_the_arguments_of_the_builder() -> None:
    # With `from __future__ import annotations` in deployments/app.py Serve would hand it the bare dict.
    app = built({"accelerator": "cpu", "max_queued_requests": "7"})
    ingress = deployments_of(app)["Ingress"]
    assert ingress.init_kwargs["args"] == AppArgs(accelerator="cpu", max_queued_requests=7)
    assert ingress.max_queued_requests == 7


def test_the_builder_refuses_unknown_arguments() -> None:
    with pytest.raises(ValueError, match="acelerator"):
        built({"acelerator": "cpu"})


def test_the_builder_refuses_a_gpu_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="the cluster has no GPU"):
        built({"accelerator": "gpu"})


def test_one_deployment_for_each_repair() -> None:
    names = deployments_of(built({})).keys()
    assert names == {"Ingress", "Detector", "Adjuster", "Store"} | {f"Enhancer-{spec.defect}" for spec in CATALOGUE}
