"""Decoding: Kafka records to events, or to the reason why a message is none (the rule: docs/semantics.md)."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.contract.event import DEFAULT_EVENT_TYPE, FIELD_NAMES
from clickstream.stream.compact import is_compact, pieces, value_in
from clickstream.stream.strict import STRING_FIELDS, read_strictly

# ASCII digits, a time of day that exists, at most nine decimals, an offset of at most 18 hours.
EVENT_TIME_FORM = (
    r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?"
    r"(?:Z|[+-](?:(?:0[0-9]|1[0-7]):?[0-5][0-9]|18:?00))?\z"
)


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
        F.col("text").cast("binary").alias("value"),
        F.col("strict.reason").alias("reason"),
    )
    return fields.select(
        *(name for name in FIELD_NAMES if name != "event_type"),
        F.coalesce("event_type", F.lit(DEFAULT_EVENT_TYPE)).alias("event_type"),
        event_ts(F.col("event_time"), F.col("kafka_timestamp")).alias("event_ts"),
        "kafka_partition",
        "kafka_offset",
        "kafka_timestamp",
        "value",
        "reason",
    )


def event_ts(event_time: Column, kafka_timestamp: Column) -> Column:
    """The event's time where `event_time` is one by the rule, else the Kafka record's; microseconds.

    Spark's own parser also takes a bare time of day, a year alone and zone names, so that the form is
    tested first; what the form cannot see, a date that does not exist, the try makes null.
    """
    parsed = F.when(event_time.rlike(EVENT_TIME_FORM), event_time.try_cast("timestamp"))
    return F.coalesce(parsed, kafka_timestamp)


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
