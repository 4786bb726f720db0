"""A query told batch by batch: feed a batch, look at the rows that it emits."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.settings import StreamSettings
from clickstream.stream.decoding import Decoder, events_of
from file_topic import FileTopic

NO_DATA_BATCHES = "spark.sql.streaming.noDataMicroBatches.enabled"


def stream_settings(**given: object) -> StreamSettings:
    """The job's settings as in the contract's examples, whatever stands in the environment."""
    defaults = {info.alias: info.default for info in StreamSettings.model_fields.values()}
    return StreamSettings(**{**defaults, "SPARK_SQL_SHUFFLE_PARTITIONS": 1, **given})


class Story:
    """One aggregating query over a topic of files; every `batch` is exactly one micro-batch.

    Times of day come out as `HH:MM:SS.mmm`; rows are dicts, sorted.
    """

    def __init__(self, session: SparkSession, folder: Path, table: Callable[[DataFrame], DataFrame]) -> None:
        self._topic = FileTopic(folder / "topic")
        self._emitted: list[dict[str, Any]] = []
        # Without it Spark would run a batch more, of no data, after each of ours: see availableNow's test.
        session.conf.set(NO_DATA_BATCHES, "false")
        try:
            self._query = (
                table(events_of(Decoder()(self._topic.records(session))))
                .writeStream.option("checkpointLocation", str(folder / "checkpoint"))
                .outputMode("append")
                .foreachBatch(self._keep)
                .start()
            )
        finally:
            session.conf.unset(NO_DATA_BATCHES)

    def _keep(self, rows: DataFrame, _batch_id: int) -> None:
        times = [
            F.date_format(name, "HH:mm:ss.SSS").alias(name) if kind == "timestamp" else F.col(name)
            for name, kind in rows.dtypes
        ]
        self._emitted += [row.asDict() for row in rows.select(*times).collect()]

    def batch(self, *messages: bytes | None) -> list[dict[str, Any]]:
        """Run one micro-batch over these messages; the rows that it emits."""
        self._emitted.clear()
        self._topic.add(*messages)
        self._query.processAllAvailable()
        return sorted(self._emitted, key=lambda row: [str(value) for value in row.values()])

    def end(self) -> None:
        self._query.stop()
