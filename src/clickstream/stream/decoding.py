"""Decoding: Kafka records to events, or to the reason why a message is none (the rule: docs/semantics.md)."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.contract.event import DEFAULT_EVENT_TYPE, FIELD_NAMES
from clickstream.stream.compact import is_compact, pieces, value_in
from clickstream.stream.event_time import event_ts
from clickstream.stream.strict import STRING_FIELDS, read_strictly


def decode(records: DataFrame) -> DataFrame:
    """Every record with its twelve fields, its event time, and its reason, which is null for an event.

    Args:
        records: as Spark's Kafka source gives them: `value` (binary), `partition` (int), `offset` (bigint),
            `timestamp` (timestamp); other columns are ignored.

    Returns:
        The fields in contract order (strings, `latency_ms` bigint, `revenue` double), `event_ts`,
        `kafka_partition`, `kafka_offset`, `kafka_timestamp`, `value` and `reason`. Columns that a query
        does not select cost nothing. Where `reason` is not null, the fields mean nothing.
    """
    messages = records.select(
        F.col("partition").alias("kafka_partition"),
        F.col("offset").alias("kafka_offset"),
        F.col("timestamp").alias("kafka_timestamp"),
        F.col("value").cast("string").alias("text"),
    )
    taken_apart = (
        messages.withColumn("is_compact", F.coalesce(is_compact(F.col("text")), F.lit(False)))
        .withColumn("strict", F.when(~F.col("is_compact"), read_strictly(F.col("text"))))
        .withColumn("pieces", F.when(F.col("is_compact"), pieces(F.col("text"))))
    )
    fields = taken_apart.select(
        *(_field(name).alias(name) for name in FIELD_NAMES),
        "kafka_partition",
        "kafka_offset",
        "kafka_timestamp",
        "is_compact",
        F.col("text").cast("binary").alias("value"),
        F.col("strict.reason").alias("reason"),
    )
    return fields.select(
        *(name for name in FIELD_NAMES if name != "event_type"),
        F.coalesce("event_type", F.lit(DEFAULT_EVENT_TYPE)).alias("event_type"),
        event_ts(F.col("event_time"), F.col("is_compact"), F.col("kafka_timestamp")).alias("event_ts"),
        "kafka_partition",
        "kafka_offset",
        "kafka_timestamp",
        "value",
        "reason",
    )


def events_of(decoded: DataFrame) -> DataFrame:
    """The events among the decoded records."""
    return decoded.where(F.col("reason").isNull())


def _field(name: str) -> Column:
    compact = value_in(F.col("pieces"), name)
    strict = (
        F.get(F.col("strict.strings"), F.lit(STRING_FIELDS.index(name)))
        if name in STRING_FIELDS
        else F.col("strict")[name]
    )
    return F.when(F.col("is_compact"), compact).otherwise(strict)
