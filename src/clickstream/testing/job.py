"""Your own job: a function from the topic's records to rows, run on a checkpoint; its rows as polars."""

import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import polars as pl
from pyspark.errors import PySparkException

from clickstream.contract.java_error import root_of
from clickstream.contract.run.layout import local_uri
from clickstream.testing.matching import Row
from clickstream.testing.parts import topic
from clickstream.testing.rows import differences
from clickstream.testing.steps import Origin, SendsRecords, Steps, Unexpected, counted
from clickstream.testing.topics import Topic, Value

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Function = Callable[["DataFrame"], "DataFrame"]
"""From a stream of `key`, `value`, `partition`, `offset`, `timestamp` to the rows of a query."""

BATCH_STARTED, ROWS_WRITTEN = "batch_started", "rows_written"
JOB_POINTS = (BATCH_STARTED, ROWS_WRITTEN)
"""Where a job can be killed: Spark has logged the batch and nothing is computed; or its rows are written.

Either way Spark has not committed the batch, and the next run computes it again.
"""


class _Killed(Exception):
    """The end of a run in the middle of its batch."""


class Job(SendsRecords):
    """A function over a topic and a checkpoint of its own; each method is a step.

    Every run is a new streaming query on the same checkpoint. The rows of a batch replace those of an earlier
    try of it, as in a sink that is idempotent by batch id.

    Args:
        function: what the query computes.
        session: where it runs.
        records: what it reads.
        folder: gets the checkpoint and the rows.
        output_mode: `append`, `update` or `complete`.
        origin: printed with a failure.
    """

    def __init__(
        self,
        function: Function,
        session: "SparkSession",
        records: Topic,
        folder: Path,
        *,
        output_mode: str = "append",
        origin: Origin = Origin(),  # noqa: B008 - it is frozen
    ) -> None:
        super().__init__(Steps(origin), lambda: records)
        self._function = function
        self._session = session
        self._folder = folder
        self._output_mode = output_mode
        self._seen: set[Path] = set()

    def run(self, *, at_most: int | None = None, kill_at: str | None = None) -> None:
        """Start the query on the checkpoint, let it read all that was sent, and stop it.

        Args:
            at_most: cut what is there into micro-batches of at most so many offsets; by default one.
            kill_at: end the query in its first batch, at `batch_started` or `rows_written`.
        """
        __tracebackhide__ = True
        words = "run" + (f", at most {at_most} offsets a batch" if at_most else "")
        words += f", killed at {kill_at}" if kill_at else ""
        self._steps.step(words, lambda: self._run(at_most, kill_at))

    def expect(self, rows: Sequence[Row]) -> None:
        """Expect exactly these rows since this was last asked, in any order; a row names what matters."""
        __tracebackhide__ = True

        def compare() -> None:
            if lines := differences(self.new_rows(), rows):
                raise Unexpected(*lines)

        self._steps.step(f"expect {counted(len(rows), 'new row')}", compare)

    def new_rows(self) -> pl.DataFrame:
        """The rows since this or `expect` was last asked; a frame without columns before any batch."""
        new = [folder for folder in sorted(self._folder.glob("rows/*")) if folder not in self._seen]
        self._seen.update(new)
        files = [file for folder in new for file in sorted(folder.glob("*.parquet"))]
        return pl.concat([pl.read_parquet(file, glob=False) for file in files]) if files else pl.DataFrame()

    def _run(self, at_most: int | None, kill_at: str | None) -> None:
        if kill_at not in (None, *JOB_POINTS):
            raise Unexpected(f"There is no point {kill_at}. Points: {', '.join(JOB_POINTS)}.")
        killed: list[int] = []

        def land(batch: "DataFrame", batch_id: int) -> None:
            try:
                self._land(batch, batch_id, kill_at)
            except _Killed:
                killed.append(batch_id)  # not the error, which would keep the batch
                raise

        records = self._topic().records(self._session, at_most=at_most)
        try:
            rows = self._function(records)
        except PySparkException as error:
            raise Unexpected(f"The function fails: {root_of(error)}") from None
        if not hasattr(rows, "writeStream"):
            raise Unexpected(f"The function returns {type(rows).__name__}; expected is a DataFrame.")
        try:
            query = (
                rows.writeStream.option("checkpointLocation", local_uri(self._folder / "checkpoint"))
                .outputMode(self._output_mode)
                .trigger(availableNow=True)
                .foreachBatch(land)
                .start()
            )
            query.awaitTermination()
        except PySparkException as error:
            if not killed:
                raise Unexpected(f"The query ended: {root_of(error)}") from None
        else:
            if kill_at is not None:
                raise Unexpected(f"The run had no batch, so that it did not reach {kill_at}.")

    def _land(self, batch: "DataFrame", batch_id: int, kill_at: str | None) -> None:
        if kill_at == BATCH_STARTED:
            raise _Killed
        folder = self._folder / "rows" / f"{batch_id:06d}"
        staged = folder.with_name(f".{folder.name}")
        for each in (staged, folder):
            shutil.rmtree(each, ignore_errors=True)
        batch.write.parquet(local_uri(staged))
        staged.rename(folder)
        if kill_at == ROWS_WRITTEN:
            raise _Killed


def run_batches(
    function: Function,
    batches: Iterable[Sequence[Value]],
    *,
    session: "SparkSession",
    bootstrap_servers: str,
    output_mode: str = "append",
) -> list[pl.DataFrame]:
    """Send each batch to a new topic and run the function over it; the rows that each batch brought.

    Every batch is a new query on the same checkpoint. Topic and checkpoint are removed at the end.

    Args:
        function: from a stream of `key`, `value`, `partition`, `offset`, `timestamp` to rows.
        batches: what to send before each run: mappings (sent as JSON), bytes or text.
        session: a session with the Kafka connector: `spark_session()`.
        bootstrap_servers: a broker: `broker()`.
        output_mode: `append`, `update` or `complete`.
    """
    with (
        TemporaryDirectory(prefix="clickstream-", ignore_cleanup_errors=True) as folder,
        topic(bootstrap_servers) as own,
    ):
        job = Job(function, session, own, Path(folder), output_mode=output_mode)
        rows = []
        for values in batches:
            job.send(*values)
            job.run()
            rows.append(job.new_rows())
        return rows
