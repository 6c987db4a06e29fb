"""What each deployment asks of the cluster when no YAML says otherwise."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from configs.settings import AppArgs

Accelerator = Literal["cpu", "gpu"]


@dataclass(frozen=True, slots=True)
class Resources:
    """CPU share and replica bounds of one kind of deployment.

    Attributes:
        num_cpus: Scheduling share of each replica; bookkeeping, not a cap. The thirteen replicas of the smallest
            application (ingress, detector, adjuster, store, nine enhancers) fit two CPUs with room to spare.
        cpus_per_replica: The autoscaler adds replicas up to one for so many CPUs of the cluster; infinite: one.
        max_ongoing_requests: Photos sent to one replica at a time. It works on `device.PHOTOS_AT_A_TIME` of them; the
            others wait there as files, because waiting in the caller costs a probe every few milliseconds.
        target_ongoing_requests: Load at which the autoscaler adds a replica.
        access_log: Whether every request is logged. One line a photo is enough: the ingress's.
    """

    num_cpus: float
    cpus_per_replica: float
    max_ongoing_requests: int
    target_ongoing_requests: float
    access_log: bool = False


INGRESS = Resources(
    num_cpus=0.2, cpus_per_replica=4, max_ongoing_requests=100, target_ongoing_requests=32, access_log=True
)
DETECTOR = Resources(num_cpus=0.2, cpus_per_replica=4, max_ongoing_requests=16, target_ongoing_requests=4)
ENHANCER = Resources(num_cpus=0.1, cpus_per_replica=2, max_ongoing_requests=16, target_ongoing_requests=4)
ADJUSTER = ENHANCER
# It waits for the database, which does the work.
STORE = Resources(num_cpus=0.1, cpus_per_replica=math.inf, max_ongoing_requests=16, target_ongoing_requests=8)


def resolve_accelerator(requested: Literal["auto", "cpu", "gpu"], cluster: Mapping[str, float]) -> Accelerator:
    """Return where enhancers run, given the cluster's total resources as Ray counts them.

    Raises:
        ValueError: GPUs are asked for and the cluster has none; the replicas would wait for ever.
    """
    has_gpu = cluster.get("GPU", 0) > 0
    if requested == "gpu" and not has_gpu:
        raise ValueError("accelerator is 'gpu' and the cluster has no GPU: add a GPU node, or use 'auto' or 'cpu'")
    if requested == "auto":
        return "gpu" if has_gpu else "cpu"
    return requested


def options(resources: Resources, args: AppArgs, cluster_cpus: float, num_gpus: float = 0) -> dict[str, Any]:
    """Return the options of a Serve deployment on a cluster of so many CPUs."""
    return {
        "ray_actor_options": {"num_cpus": resources.num_cpus, "num_gpus": num_gpus},
        "autoscaling_config": {
            "min_replicas": 1,
            "max_replicas": max(1, int(cluster_cpus / resources.cpus_per_replica)),
            "target_ongoing_requests": resources.target_ongoing_requests,
            "upscale_delay_s": 5,
            "downscale_delay_s": 300,
        },
        "max_ongoing_requests": resources.max_ongoing_requests,
        "max_queued_requests": args.max_queued_requests,
        "backpressure_config": {"status_code": 503, "retry_after_s": args.retry_after_s},
        "logging_config": {"enable_access_log": resources.access_log},
        "graceful_shutdown_timeout_s": 10,
        "graceful_shutdown_wait_loop_s": 0.5,
        "health_check_period_s": 5,
        "health_check_timeout_s": 30,
    }
