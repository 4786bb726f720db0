"""How much memory the parts that do not run yet may take."""

from clickstream.operate.parts.names import running
from clickstream.operate.start.backend import Backend
from clickstream.pipeline.heartbeat import STREAM
from clickstream.runtime.kafka.embedded import EMBEDDED_KAFKA
from clickstream.settings import Settings

_REDPANDA_MEMORY = "1536m"
"""The limit of its container in the compose file."""


def heaps_to_start(settings: Settings, backend: Backend | None, *, job: bool = True) -> list[str]:
    """The memory of what does not run yet; `job`: the job is to start, too."""
    heaps = [settings.stream.driver_memory] if job and running(STREAM, settings) is None else []
    if backend == "embedded" and running(EMBEDDED_KAFKA, settings) is None:
        heaps.append(settings.runtime.embedded_kafka_memory)
    if backend == "redpanda":
        heaps.append(_REDPANDA_MEMORY)
    return heaps
