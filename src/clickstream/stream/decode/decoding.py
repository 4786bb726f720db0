"""Decoding: Kafka records to events, or to the reason why a message is none (the rule: docs/semantics.md)."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.contract.batch_rows import REASON
from clickstream.contract.definition.event import Event, EventField
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.rejection import FUTURE_EVENT
from clickstream.duration import Duration
from clickstream.stream.decode.event_ts import event_ts, is_ahead_of
from clickstream.stream.decode.plain_form import is_plain, pieces, value_in
from clickstream.stream.decode.strict import StrictReader, number_of

NO_TOLERANCE = Duration(0)
"""Events may lie as far ahead of their record's timestamp as they like."""


_BESIDE_FIELDS = ("event_ts", "kafka_partition", "kafka_offset", "kafka_timestamp", "value", "reason")


class Decoder:
    """Decodes frames of Kafka records; its expressions are built once, which costs more than using them.

    A decoder belongs to the session that it was made in.

    Args:
        event: the fields to look for.
        future_tolerance: reject what is an event otherwise, but further ahead of its Kafka record's
            timestamp; zero rejects none, and costs nothing.
    """

    def __init__(self, event: Event, future_tolerance: Duration = NO_TOLERANCE) -> None:
        self._event = event
        text, plain = F.col("text"), F.col("is_plain")
        place = [F.col(name) for name in ("kafka_partition", "kafka_offset", "kafka_timestamp")]
        everything = F.col("*")
        self._steps: tuple[list[Column], ...] = (
            [
                F.col("partition").alias("kafka_partition"),
                F.col("offset").alias("kafka_offset"),
                F.col("timestamp").alias("kafka_timestamp"),
                F.col("value").cast("string").alias("text"),
            ],
            [everything, F.coalesce(is_plain(text, event), F.lit(False)).alias("is_plain")],
            [everything, F.when(~plain, StrictReader(event).read(text)).alias("strict")],
            # After the strict reading: Spark does not compile that step, and would copy the pieces there.
            [everything, F.when(plain, pieces(text)).alias("pieces")],
            [
                *(_field(event, name).alias(name) for name in event.names),
                *place,
                plain,
                text.cast("binary").alias("value"),
                F.col("strict.reason").alias("reason"),
            ],
            [
                *(_or_default(field) for field in event.fields),
                event_ts(F.col(event.time_field), plain, F.col("kafka_timestamp")).alias("event_ts"),
                *place,
                F.col("value"),
                F.col("reason"),
            ],
            *([_with_future_events(event, future_tolerance)] if future_tolerance != NO_TOLERANCE else []),
        )

    def __call__(self, records: DataFrame) -> DataFrame:
        """Every record with its fields, its event time, and its reason, which is null for an event.

        Args:
            records: as Spark's Kafka source gives them: `value` (binary), `partition` (int), `offset`
                (bigint), `timestamp` (timestamp); other columns are ignored.

        Returns:
            The fields (string, bigint, double), `event_ts`, `kafka_partition`,
            `kafka_offset`, `kafka_timestamp`, `value` and `reason`. Columns that a query does not select
            cost nothing. Where `reason` is not null, the fields mean nothing.
        """
        decoded = records
        for columns in self._steps:
            decoded = decoded.select(*columns)
        return decoded


def events_of(decoded: DataFrame) -> DataFrame:
    """The events among the decoded records."""
    return decoded.where(F.col("reason").isNull())


def event_rows(decoded: DataFrame, pipeline: Pipeline) -> DataFrame:
    """Every decoded record in the form of `contract/batch_rows.py`: the rows of the query `events`.

    No watermark: a late event is a row like any other.
    The message of a rejected record is in the event's time field, as base64: a column of its own, empty for
    nearly every row, would have to be taken out of files that are finished otherwise.
    """
    carrier = pipeline.event.time_field
    carried = F.when(F.col(REASON).isNull(), F.col(carrier)).otherwise(F.base64("value"))
    names = pipeline.event_table.column_names
    columns = [carried.alias(carrier) if name == carrier else F.col(name) for name in names]
    return decoded.select(*columns, REASON)


def _with_future_events(event: Event, tolerance: Duration) -> list[Column]:
    """All columns as they are, but with a reason also for what is too far ahead: the last one tried."""
    is_future = is_ahead_of(F.col("event_ts"), F.col("kafka_timestamp"), tolerance)
    reason = F.coalesce(F.col("reason"), F.when(is_future, FUTURE_EVENT))
    return [
        reason.alias("reason") if name == "reason" else F.col(name)
        for name in (*event.names, *_BESIDE_FIELDS)
    ]


def _or_default(field: EventField) -> Column:
    if not field.default:
        return F.col(field.name)
    return F.coalesce(field.name, F.lit(field.default)).alias(field.name)


def _field(event: Event, name: str) -> Column:
    plain = value_in(F.col("pieces"), event, name)
    strict = (
        F.get(F.col("strict.strings"), F.lit(event.string_names.index(name)))
        if name in event.string_names
        else F.col("strict")[number_of(name)]
    )
    value = F.when(F.col("is_plain"), plain).otherwise(strict)
    # A zero has no sign: the slow path's parser keeps it for some spellings and drops it for others.
    return value + F.lit(0.0) if name in event.number_names else value
