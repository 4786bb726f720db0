"""Whether a cluster has given the job anything to run on."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from clickstream.clock import Clock
from clickstream.errors import NoExecutors

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

WITHOUT_EXECUTORS_S = 60.0
"""A cluster may need a while to start them, and a worker that died a while to come back."""

_LOOK_EVERY_S = 1.0


class ExecutorWatch:
    """Asked often, raises when the job has had no executor for a minute; Spark itself would wait without end.

    `master` and `memory`, the cluster's address and what an executor asks for, are for the sentence.
    """

    def __init__(self, count: Callable[[], int], clock: Clock, *, master: str, memory: str) -> None:
        self._count = count
        self._clock = clock
        self._master = master
        self._memory = memory
        self._seen_s = self._look_s = clock.monotonic_s()

    def look(self) -> None:
        """Return unless the job has been without executors for too long.

        Raises:
            NoExecutors: there was none for `WITHOUT_EXECUTORS_S` seconds; names what fixes it.
        """
        now_s = self._clock.monotonic_s()
        if now_s < self._look_s:
            return
        self._look_s = now_s + _LOOK_EVERY_S
        if self._count() > 0:
            self._seen_s = now_s
        elif now_s - self._seen_s >= WITHOUT_EXECUTORS_S:
            raise NoExecutors(
                f"{self._master} gave the job no executor within {WITHOUT_EXECUTORS_S:g} s: it has"
                f" no worker with {self._memory} of memory and a core free.",
                next_step="Start the workers: `clickstream up --spark standalone` on this machine. Or"
                " lower SPARK_WORKER_MEMORY, or stop other jobs on the cluster.",
            )


def executor_count(session: "SparkSession") -> int:
    """How many executors the job has now, the driver not counted."""
    context: Any = session.sparkContext._jsc
    # The driver is among those that can store blocks.
    return int(context.sc().getExecutorMemoryStatus().size()) - 1
