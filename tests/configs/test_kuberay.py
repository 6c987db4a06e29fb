from __future__ import annotations

import gzip
import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from configs.environment import FAST_SETTINGS
from tests.configs.serve_yaml import RAYSERVICE, ROOT, serve_configs

CRD = Path(__file__).parent / "crd" / "rayservice-v1.schema.json.gz"
DOCKERFILE = ROOT / "configs" / "kuberay" / "Dockerfile"
DRIVER = {"NVIDIA_DRIVER_CAPABILITIES": "compute,utility"}

MANIFEST: dict[str, Any] = yaml.safe_load(RAYSERVICE.read_text())
CLUSTER: dict[str, Any] = MANIFEST["spec"]["rayClusterConfig"]
WORKERS: list[dict[str, Any]] = CLUSTER["workerGroupSpecs"]
PODS: dict[str, dict[str, Any]] = {"head": CLUSTER["headGroupSpec"]["template"]["spec"]} | {
    group["groupName"]: group["template"]["spec"] for group in WORKERS
}


def strict(schema: Any) -> Any:
    """Turn an OpenAPI v3 schema of Kubernetes into a JSON schema that refuses what the API server would drop."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: strict(value) for key, value in schema.items() if key != "properties"}
    if "properties" in schema:
        result["properties"] = {name: strict(value) for name, value in schema["properties"].items()}
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            result.setdefault("additionalProperties", False)
    return result


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = strict(json.loads(gzip.decompress(CRD.read_bytes())))
    # The API server checks these by a schema of its own.
    schema["properties"]["metadata"] = {"type": "object", "required": ["name"]}
    return Draft202012Validator(schema)


def test_the_manifest_is_a_ray_service(validator: Draft202012Validator) -> None:
    assert (MANIFEST["apiVersion"], MANIFEST["kind"]) == ("ray.io/v1", "RayService")
    errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(MANIFEST)]
    assert errors == []


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (["spec", "upgradeStrategy", "kind"], "NewCluster"),
        (["spec", "rayClusterConfig", "authOptions", "mode"], "tokens"),
        (["spec", "rayClusterConfig", "enableInTreeAutoscaler"], True),
        (["spec", "rayClusterConfig", "headGroupSpec", "rayStartParams", "num-cpus"], 0),
        (["spec", "rayClusterConfig", "workerGroupSpecs", 0, "template", "spec", "containers", 0, "envs"], []),
        (["spec", "rayClusterConfig", "workerGroupSpecs", 0, "minReplicas"], "1"),
    ],
)
def test_the_schema_notices_a_mistake(validator: Draft202012Validator, at: list[Any], value: Any) -> None:
    broken = json.loads(json.dumps(MANIFEST))
    node = broken
    for part in at[:-1]:
        node = node[part]
    node[at[-1]] = value
    assert not validator.is_valid(broken)


def test_its_serve_config_is_the_gpu_profile() -> None:
    configs = serve_configs()
    assert configs["configs/kuberay/rayservice.yaml"] == configs["configs/gpu-cluster.yaml"]


@pytest.mark.parametrize("pod", PODS)
def test_every_node_has_the_fast_settings(pod: str) -> None:
    for container in PODS[pod]["containers"]:
        assert {variable["name"]: variable["value"] for variable in container["env"]} == FAST_SETTINGS


@pytest.mark.parametrize("pod", PODS)
def test_no_node_runs_as_root_or_without_bounds(pod: str) -> None:
    assert PODS[pod]["securityContext"]["runAsNonRoot"] is True
    for container in PODS[pod]["containers"]:
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["resources"]["requests"] == container["resources"]["limits"]


def test_the_cluster_asks_for_a_token() -> None:
    assert CLUSTER["authOptions"] == {"mode": "token"}
    # KubeRay refuses the option without it, or for a Ray before 2.52.
    assert tuple(int(part) for part in CLUSTER["rayVersion"].split(".")) >= (2, 52)


def test_the_head_runs_no_replica() -> None:
    assert CLUSTER["headGroupSpec"]["rayStartParams"]["num-cpus"] == "0"


@pytest.mark.parametrize("pod", PODS)
def test_every_node_names_the_port_of_the_service(pod: str) -> None:
    # KubeRay reads the Service's port from the head, and probes the workers there.
    port = serve_configs()["configs/kuberay/rayservice.yaml"]["http_options"]["port"]
    [container] = PODS[pod]["containers"]
    assert {"name": "serve", "containerPort": port} in container["ports"]


def test_the_smallest_cluster_holds_the_smallest_application() -> None:
    [app] = serve_configs()["configs/kuberay/rayservice.yaml"]["applications"]
    gpu_group, cpu_group = (next(g for g in WORKERS if g["groupName"] == name) for name in ("gpu", "cpu"))

    def room(group: dict[str, Any], resource: str) -> float:
        [container] = group["template"]["spec"]["containers"]
        return group["minReplicas"] * float(container["resources"]["limits"].get(resource, 0))

    def need(option: str, on_gpu: bool) -> float:
        chosen = [d for d in app["deployments"] if ("num_gpus" in d["ray_actor_options"]) == on_gpu]
        return sum(d["ray_actor_options"][option] * d["autoscaling_config"]["min_replicas"] for d in chosen)

    assert need("num_gpus", on_gpu=True) <= room(gpu_group, "nvidia.com/gpu")
    assert need("num_cpus", on_gpu=True) <= room(gpu_group, "cpu")
    assert need("num_cpus", on_gpu=False) <= room(cpu_group, "cpu")
    assert room(cpu_group, "nvidia.com/gpu") == 0


def test_the_labels_that_replicas_go_by_are_on_a_group() -> None:
    [app] = serve_configs()["configs/kuberay/rayservice.yaml"]["applications"]
    selectors = [d["ray_actor_options"].get("label_selector", {}) for d in app["deployments"]]
    labels = {label for group in WORKERS for label in group.get("labels", {}).items()}
    assert {label for selector in selectors for label in selector.items()} <= labels


def test_the_store_of_the_head_is_the_one_beside_it() -> None:
    documents = list(yaml.safe_load_all(RAYSERVICE.with_name("redis.yaml").read_text()))
    service = next(document for document in documents if document["kind"] == "Service")
    store = next(document for document in documents if document["kind"] == "StatefulSet")
    options = CLUSTER["gcsFaultToleranceOptions"]
    [port] = service["spec"]["ports"]
    assert options["redisAddress"] == f"redis://{service['metadata']['name']}:{port['port']}"
    [container] = store["spec"]["template"]["spec"]["containers"]
    assert container["env"][0]["valueFrom"] == options["redisPassword"]["valueFrom"]
    assert store["spec"]["template"]["metadata"]["labels"] == service["spec"]["selector"]


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile, each with its arguments on one line."""
    text = re.sub(r"^\s*#.*\n", "", DOCKERFILE.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in text.splitlines() if line)]


def test_the_image_has_the_fast_settings() -> None:
    variables = [shlex.split(rest) for word, rest in instructions() if word == "ENV"]
    assert dict(variable.split("=", 1) for line in variables for variable in line) == FAST_SETTINGS | DRIVER


def test_the_image_installs_pinned_versions_only() -> None:
    installs = [rest for word, rest in instructions() if word == "RUN" and "pip install" in rest]
    assert installs
    assert all("--constraint constraints.txt" in install for install in installs)
    pins = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins)
    [ray] = [pin for pin in pins if pin.startswith("ray==")]
    assert ray == f"ray=={CLUSTER['rayVersion']}"


def test_the_image_runs_as_the_user_of_the_manifest() -> None:
    users = [rest for word, rest in instructions() if word == "USER"]
    assert users[-1] == str(PODS["head"]["securityContext"]["runAsUser"])
    assert f"--uid {users[-1]} " in DOCKERFILE.read_text()


def test_the_image_gets_every_package_and_nothing_else() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    rooms = {package.partition(".")[0] for package in project["tool"]["setuptools"]["packages"]}
    files = {"constraints.txt", "pyproject.toml", project["project"]["readme"]}
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines.count("*") == 1
    assert {line.removeprefix("!") for line in lines if line.startswith("!")} == rooms | files


def test_all_nodes_run_the_image_the_dockerfile_builds() -> None:
    images = {container["image"] for pod in PODS.values() for container in pod["containers"]}
    [image] = images
    assert f"-t {image} ." in DOCKERFILE.read_text()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert image.endswith(f":{version}")
