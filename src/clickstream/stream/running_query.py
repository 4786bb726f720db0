"""A streaming query while it runs, and how it ends: by itself, after its batch, or at once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyspark.errors import StreamingQueryException
from pyspark.sql import DataFrame
from pyspark.sql.streaming.query import StreamingQuery

from clickstream.contract.run.query_log import is_in_a_batch


class RunningQuery:
    """One streaming query from its start to its end, and what its landing raised.

    `land` lands a batch of its rows; it is called on a thread of the query.
    """

    def __init__(
        self, name: str, rows: DataFrame, checkpoint: Path, land: Callable[[DataFrame, int], None]
    ) -> None:
        self.name = name
        self.failure: BaseException | None = None
        self._session = rows.sparkSession
        self.checkpoint = checkpoint
        self._land = land
        self._spark: StreamingQuery | None = None
        self._ending = False
        self._is_idle = False
        self._broken_off = False

    def land(self, batch: DataFrame, batch_id: int) -> None:
        """What Spark calls with each batch; an error ends the query, and is kept as it is."""
        try:
            self._land(batch, batch_id)
            if self._ending:
                self._run_no_other_batch()
        except BaseException as error:
            if not self._broken_off:
                self.failure = error
            raise

    def started_as(self, spark: StreamingQuery) -> None:
        """Spark has started it."""
        self._spark = spark

    @property
    def is_active(self) -> bool:
        """Whether it runs, as far as Spark says."""
        return self._spark is not None and bool(self._spark.isActive)

    @property
    def is_in_a_batch(self) -> bool:
        """Whether a batch of it has begun and not ended."""
        return is_in_a_batch(self.checkpoint)

    @property
    def has_failed(self) -> bool:
        """Whether it has ended, or is about to, by its own error."""
        # What ended a query takes several calls to ask, and this is asked ten times a second.
        return self.failure is not None or (not self.is_active and self.exception is not None)

    @property
    def exception(self) -> StreamingQueryException | None:
        """What ended the query; nothing if it was stopped."""
        return None if self._broken_off or self._spark is None else self._spark.exception()

    def end_after_batch(self) -> None:
        """Let the running batch be the last, or the one that is about to run; returns at once."""
        self._ending = True

    def has_ended(self) -> bool:
        """Whether the query has ended after `end_after_batch`; ends its wait for the next trigger."""
        if self._spark is None or not self._execution().queryExecutionThread().isAlive():
            return True
        # Twice, because between two batches in a row no trigger is active either.
        is_idle = not self._spark.status["isTriggerActive"] and not self.is_in_a_batch
        idle_before, self._is_idle = self._is_idle, is_idle
        if idle_before and is_idle:
            self.stop()
            return True
        return False

    def _run_no_other_batch(self) -> None:
        """Make the batch that is being landed the query's last, with its commit and nothing left open.

        Spark's own `stop` breaks the running batch off. Its loop looks at this state before each batch, and
        in a batch for the last time before it calls us. No public part of Spark, whose version is pinned.
        """
        jvm: Any = self._session.sparkContext._jvm
        states = jvm.org.apache.spark.sql.execution.streaming.runtime
        self._execution().state().set(getattr(getattr(states, "TERMINATED$"), "MODULE$"))

    def _execution(self) -> Any:  # noqa: ANN401 - an object of the JVM
        return self._spark._jsq.streamingQuery() if self._spark is not None else None

    def stop(self) -> None:
        """Stop the query, its running batch too."""
        if self._spark is not None:
            self._broken_off = True
            self._spark.stop()

    def release(self) -> None:
        """Drop Spark's query after its end; a session that stays would keep it, with all its plans.

        The JVM's query holds `land` by a proxy, and Python holds the query: neither side would free them.
        """
        self._spark = None
        self.failure = None
