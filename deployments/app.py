"""The application: what `serve run deployments.app:build_app` and the Serve YAMLs start.

No `from __future__ import annotations` here: Serve reads the annotation of `build_app` to parse its arguments.
"""

from collections.abc import Sequence

import ray
from ray import serve
from ray.serve import Application

from configs.settings import AppArgs
from deployments.adjuster import AdjusterServer
from deployments.detector import DetectorServer
from deployments.enhancer import EnhancerServer
from deployments.ingress import Ingress
from deployments.resources import (
    ADJUSTER,
    DETECTOR,
    ENHANCER,
    INGRESS,
    STORE,
    Accelerator,
    options,
    resolve_accelerator,
)
from deployments.store import StoreServer
from enhancers import CATALOGUE
from enhancers.base import EnhancerSpec
from imaging.limits import Limits
from imaging.weights import load_weights


def build_app(args: AppArgs) -> Application:
    """Build the application for the cluster it is started on.

    Raises:
        ValueError: `accelerator` is "gpu" and the cluster has none, or a checkpoint is for a repair without a network.
        WeightsError: A checkpoint that lies on this node cannot be used.
    """
    cluster = ray.cluster_resources() if ray.is_initialized() else {}
    return compose(args, resolve_accelerator(args.accelerator, cluster), CATALOGUE, cluster.get("CPU", 0))


def compose(
    args: AppArgs, accelerator: Accelerator, catalogue: Sequence[EnhancerSpec], cluster_cpus: float = 0
) -> Application:
    """Bind the deployments: ingress, detector, adjuster, store, and one enhancer for each entry of the catalogue.

    Raises:
        ValueError: A checkpoint is for a repair without a network.
        WeightsError: A checkpoint that lies on this node cannot be used.
    """
    _check_checkpoints(args, catalogue)
    limits = Limits(max_bytes=round(args.max_megabytes * 1e6), max_pixels=round(args.max_megapixels * 1e6))
    num_gpus = args.gpu_fraction if accelerator == "gpu" else 0
    detector = serve.deployment(DetectorServer, name="Detector", **options(DETECTOR, args, cluster_cpus))
    adjuster = serve.deployment(AdjusterServer, name="Adjuster", **options(ADJUSTER, args, cluster_cpus))
    enhancer = serve.deployment(EnhancerServer, **options(ENHANCER, args, cluster_cpus, num_gpus))
    store = serve.deployment(StoreServer, name="Store", **options(STORE, args, cluster_cpus))
    ingress = serve.deployment(Ingress, name="Ingress", **options(INGRESS, args, cluster_cpus))
    return ingress.bind(
        detector=detector.bind(limits, catalogue, args.checkpoints),
        enhancers={
            spec.defect: enhancer.options(name=f"Enhancer-{spec.defect}").bind(
                spec, limits, args.checkpoints.get(spec.defect)
            )
            for spec in catalogue
        },
        adjuster=adjuster.bind(limits),
        store=store.bind(args.database),
        args=args,
    )


def _check_checkpoints(args: AppArgs, catalogue: Sequence[EnhancerSpec]) -> None:
    """Stop a roll-out here that would fail in the replicas, as far as this node can tell.

    The replicas check for themselves: they may be on nodes where another file lies at that path.
    """
    families = {spec.defect: spec.weights.architecture for spec in catalogue if spec.weights is not None}
    for defect, checkpoint in args.checkpoints.items():
        if defect not in families:
            raise ValueError(
                f"checkpoints names {defect}, whose repair has no network to load one into; "
                f"the repairs that have one: {', '.join(families) or 'none'}"
            )
        if checkpoint.path.is_file():
            load_weights(checkpoint.path, families[defect], checkpoint.sha256)
