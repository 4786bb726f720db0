"""The names of the parts that a person starts and stops."""

BROKER, CLUSTER = "broker", "cluster"
PART_NAMES: tuple[str, ...] = (BROKER, CLUSTER, "producer", "stream")
"""In the order in which they start: a part needs some of those before it."""
