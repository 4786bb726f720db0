"""Kafka records as Spark's source gives them, from messages: one partition, and one timestamp for all."""

from collections.abc import Sequence

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

KAFKA_US = 1_772_388_000_000_000


def records_of(session: SparkSession, values: Sequence[bytes | None]) -> DataFrame:
    rows = [(None if value is None else bytearray(value), 0, offset) for offset, value in enumerate(values)]
    return session.createDataFrame(rows, "value binary, partition int, offset bigint").withColumn(
        "timestamp", F.timestamp_micros(F.lit(KAFKA_US))
    )
