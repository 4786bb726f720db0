"""The names of the parts that users start and stop, and of their processes and containers."""

BROKER, CLUSTER, PRODUCER, STREAM = "broker", "cluster", "producer", "stream"
PART_NAMES: tuple[str, ...] = (BROKER, CLUSTER, PRODUCER, STREAM)
"""In the order in which they start: a part needs some of those before it."""

EMBEDDED_KAFKA, REDPANDA = "embedded-kafka", "redpanda"
"""Behind the broker; Redpanda is also the service in its compose file."""
SPARK_MASTER = "spark-master"
SPARK_WORKERS: tuple[str, ...] = tuple(f"spark-worker-{number}" for number in range(1, 17))
"""Behind the cluster, in the order in which they start."""
