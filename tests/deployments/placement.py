"""Runs the application on a cluster of pretended nodes and prints, as JSON, where its replicas went.

A program of its own: a process can belong to one Ray cluster only, and Ray reads its environment when it is imported.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import ray
import yaml
from ray import serve
from ray._private.state import available_resources_per_node
from ray.cluster_utils import Cluster
from ray.serve.context import _get_global_client
from ray.serve.schema import ServeDeploySchema

from configs.settings import AppArgs
from deployments.app import build_app
from tests.configs.serve_yaml import RAYSERVICE, ROOT, deployments_of

READY_TIMEOUT_S = 100
DATABASE = str(Path(os.environ["RAY_TMPDIR"]) / "people.sqlite")
GROUPS: list[dict[str, Any]] = yaml.safe_load(RAYSERVICE.read_text())["spec"]["rayClusterConfig"]["workerGroupSpecs"]


def main() -> None:
    """Build without a GPU and with one, then run with the defaults and with the GPU profile."""
    seen: dict[str, Any] = {}
    # The head holds no replica, as on Kubernetes.
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    try:
        ray.init(address=cluster.address, log_to_driver=False)
        nodes = add_nodes(cluster, "cpu")
        try:
            build_app(AppArgs(accelerator="gpu"))
        except ValueError as error:
            seen["gpu_without_gpu"] = str(error)
        seen["auto_without_gpu"] = gpus_asked_for()
        nodes |= add_nodes(cluster, "gpu")
        seen["auto_with_gpu"] = gpus_asked_for()

        serve.start(proxy_location="Disabled")
        serve.run(build_app(AppArgs(accelerator="auto", database=DATABASE)), name="belvedere")
        seen["defaults"] = placement(nodes)
        serve.delete("belvedere")

        profile = yaml.safe_load((ROOT / "configs" / "gpu-cluster.yaml").read_text())
        profile["applications"][0]["args"]["database"] = DATABASE
        _get_global_client().deploy_apps(ServeDeploySchema(**profile))
        wait_until_running()
        seen["profile"] = placement(nodes)
    finally:
        serve.shutdown()
        ray.shutdown()
        cluster.shutdown()
    json.dump(seen, sys.stdout)


def add_nodes(cluster: Cluster, name: str) -> dict[str, str]:
    """Add the nodes of one worker group of the Kubernetes manifest, at its smallest; return its name by node."""
    [group] = [group for group in GROUPS if group["groupName"] == name]
    limits = group["template"]["spec"]["containers"][0]["resources"]["limits"]
    size = {"num_cpus": int(limits["cpu"]), "num_gpus": int(limits.get("nvidia.com/gpu", 0))}
    labels = group.get("labels", {})
    return {cluster.add_node(**size, labels=labels).node_id: name for _ in range(group["minReplicas"])}


def gpus_asked_for() -> dict[str, float]:
    app = build_app(AppArgs(accelerator="auto"))
    return {name: deployment.ray_actor_options["num_gpus"] for name, deployment in deployments_of(app).items()}


def placement(nodes: dict[str, str]) -> dict[str, Any]:
    [app] = _get_global_client().get_serve_details()["applications"].values()
    replicas = {
        name: [nodes[replica["node_id"]] for replica in deployment["replicas"]]
        for name, deployment in app["deployments"].items()
    }
    left = [room["GPU"] for node, room in available_resources_per_node().items() if nodes.get(node) == "gpu"]
    return {"replicas": replicas, "gpus_left": sum(left)}


def wait_until_running() -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while True:
        app = serve.status().applications.get("belvedere")
        if app is not None and app.status == "RUNNING":
            return
        if time.monotonic() > deadline or (app is not None and app.status == "DEPLOY_FAILED"):
            raise RuntimeError(f"the application does not run: {app}")
        time.sleep(0.5)


if __name__ == "__main__":
    main()
