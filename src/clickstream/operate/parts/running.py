"""The parts that `up` starts, in the order in which records pass them, and how each is known."""

import sys

from clickstream.pipeline.heartbeat import PRODUCER, STREAM
from clickstream.runtime.kafka.embedded import EMBEDDED_KAFKA
from clickstream.runtime.processes import started as processes
from clickstream.runtime.processes.started import StartedProcess
from clickstream.runtime.spark_cluster.cluster import SPARK_MASTER, SPARK_WORKERS
from clickstream.settings import Settings

STOP_ORDER: tuple[str, ...] = (PRODUCER, STREAM, *SPARK_WORKERS, SPARK_MASTER, EMBEDDED_KAFKA)
"""Against the stream: nobody loses the one it writes to before it has finished."""


MODULE = "clickstream"
"""The module that a part of ours runs, in its command line."""


def running(name: str, settings: Settings) -> StartedProcess | None:
    """The process of a part that an earlier `up` started and that still runs."""
    process = processes.load(name, settings.paths.state.absolute())
    return process if process is not None and process.is_running() else None


def child_command(*arguments: str) -> tuple[str, ...]:
    """This very kit, by the Python that runs it: neither PATH nor the working folder matters."""
    return (sys.executable, "-P", "-m", MODULE, *arguments)
