"""A query told batch by batch: feed a batch, look at the rows that it emits."""

from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.clicks import CLICKS
from clickstream.contract.batch_rows import TABLE
from clickstream.contract.definition.tables import AGGREGATES, Table
from clickstream.duration import Duration
from clickstream.settings import StreamSettings, WindowSettings
from clickstream.stream.queries import plan_queries
from file_topic import FileTopic

NO_DATA_BATCHES = "spark.sql.streaming.noDataMicroBatches.enabled"


def stream_settings(**given: object) -> StreamSettings:
    """The job's settings as in the contract's examples, whatever stands in the environment."""
    defaults = {info.alias: info.default for info in StreamSettings.model_fields.values()}
    return StreamSettings(**{**defaults, "SPARK_SQL_SHUFFLE_PARTITIONS": 1, **given})


def windows_of(**given: object) -> dict[str, Duration]:
    """The length of the windows of each table, by default as in the contract's examples."""
    defaults = {info.alias: info.default for info in WindowSettings.model_fields.values()}
    chosen = {name: value for name, value in given.items() if name in defaults}
    return WindowSettings(**{**defaults, **chosen}).of_tables()


class Story:
    """The aggregates over a topic of files, seen through one table; every `batch` is exactly one micro-batch.

    Times of day come out as `HH:MM:SS.mmm`; rows are dicts, sorted. Rows of other tables are in `others`.
    """

    def __init__(self, session: SparkSession, folder: Path, table: Table, **settings: object) -> None:
        self._topic = FileTopic(folder / "topic")
        self._table = table
        self._emitted: list[dict[str, Any]] = []
        plans = plan_queries(
            self._topic.records(session), CLICKS, stream_settings(**settings), windows_of(**settings)
        )
        rows = plans[AGGREGATES]
        # Without it Spark would run a batch more, of no data, after each of ours: see availableNow's test.
        session.conf.set(NO_DATA_BATCHES, "false")
        try:
            self._query = (
                rows.writeStream.option("checkpointLocation", str(folder / "checkpoint"))
                .outputMode("append")
                .foreachBatch(self._keep)
                .start()
            )
        finally:
            session.conf.unset(NO_DATA_BATCHES)

    def _keep(self, batch: DataFrame, _batch_id: int) -> None:
        rows = batch.where(F.col(TABLE) == self._table.name).select(f"{self._table.name}.*")
        times = [
            F.date_format(name, "HH:mm:ss.SSS").alias(name) if kind == "timestamp" else F.col(name)
            for name, kind in rows.dtypes
        ]
        self._emitted += [row.asDict() for row in rows.select(*times).collect()]

    def batch(self, *messages: bytes | None) -> list[dict[str, Any]]:
        """Run one micro-batch over these messages; the rows of the table that it emits."""
        self._emitted.clear()
        self._topic.add(*messages)
        self._query.processAllAvailable()
        return sorted(self._emitted, key=lambda row: [str(value) for value in row.values()])

    @property
    def plan(self) -> str:
        """Spark's physical plan of the last micro-batch."""
        execution = self._query._jsq.streamingQuery().lastExecution()
        return str(execution.executedPlan().toString())

    def end(self) -> None:
        self._query.stop()
