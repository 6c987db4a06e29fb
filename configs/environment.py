"""The environment every node starts Ray with. Dockerfile and Kubernetes manifest repeat it; a test holds them to it."""

FAST_SETTINGS: dict[str, str] = {
    # HAProxy in front of the replicas instead of Serve's Python proxy, and gRPC between deployments instead of actor
    # calls: a request that does nothing through three deployments takes 8 ms instead of 23.
    "RAY_SERVE_ENABLE_HA_PROXY": "1",
    "RAY_SERVE_THROUGHPUT_OPTIMIZED": "1",
    # One thread forwards several hundred megabytes a second; four would contend with the photos for the cores.
    "RAY_SERVE_HAPROXY_NBTHREAD": "1",
    # Bodies travel in pieces of a buffer, and every piece is an event in the ingress: a few large ones, not hundreds.
    "RAY_SERVE_HAPROXY_TUNE_BUFSIZE": str(256 * 1024),
    # Ten looks a second at all replicas cost a twelfth of an idle core; three find a dead one soon enough.
    "RAY_SERVE_CONTROL_LOOP_INTERVAL_S": "0.3",
    # Each replica writes its counters out ten times a second, busy or not, and Prometheus asks every ten seconds.
    "RAY_SERVE_METRICS_EXPORT_INTERVAL_MS": "2000",
    # A result travels back by value and may be larger than gRPC's 4 MiB.
    "RAY_SERVE_REPLICA_GRPC_MAX_MESSAGE_LENGTH": str(256 * 1024 * 1024),
    # Photos are worked on side by side, one thread each; numpy's linear algebra shall not spread over the cores.
    "OMP_NUM_THREADS": "1",
    # Keep freed pixel buffers instead of handing them back to the kernel, which zeroes every page again for the next
    # photo: at 12 MP that costs as much as a pass over the pixels.
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    "MALLOC_ARENA_MAX": "1",
    # A self-hosted service reports to nobody.
    "RAY_USAGE_STATS_ENABLED": "0",
}
