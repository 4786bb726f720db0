"""A chunk of the topic's records → events and rejected messages, in columns.

Nearly all messages have the plain form: an object of exactly the event's fields in order,
without blanks, escapes and non-ASCII characters, with short plain numbers. One regular expression
recognises that form and extracts the fields, outside Python's lock. `one_message.py` decodes every other
message, one by one.
"""

import re
from dataclasses import dataclass
from functools import cache

import polars as pl

from clickstream.check.decode.event_ts import event_ts
from clickstream.check.decode.one_message import decode_message
from clickstream.check.decode.schema import DECODED_REJECTED, MOMENT, decoded_events
from clickstream.contract.definition.event import Event, JsonType
from clickstream.contract.definition.rejection import FUTURE_EVENT
from clickstream.contract.records import TopicRecords

_US_PER_MS = 1_000
_LARGEST = 2**63 - 1

_PLAIN_VALUE = {
    JsonType.STRING: r'"([^"\\\x00-\x1f\x80-\x{10FFFF}]*)"',
    # At most 18 digits: always within 64 bits.
    JsonType.INTEGER: r"(-?(?:0|[1-9][0-9]{0,17}))",
    # At most 12 digits before the point and 15 in all: within the limit, and a float in one rounding.
    JsonType.NUMBER: r"(-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,3})?)",
}
_NUMBER_TYPE = {JsonType.INTEGER: pl.Int64, JsonType.NUMBER: pl.Float64}
_IS_PLAIN = "is_plain"
_PLACE = ("kafka_partition", "kafka_offset", "kafka_timestamp")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Events (schema `decoded_events`) and rejected messages (schema `DECODED_REJECTED`) of some records."""

    events: pl.DataFrame
    rejected: pl.DataFrame


def decode(records: TopicRecords, event: Event, future_tolerance_ms: int = 0) -> Decoded:
    """Decode records by the rule; every record is in exactly one of the two frames, in any order.

    With a tolerance above 0, an event that is further ahead of its Kafka timestamp is rejected: the last
    of all reasons.
    """
    places = pl.DataFrame(
        {
            "kafka_partition": pl.Series(records.partitions, dtype=pl.Int32),
            "kafka_offset": pl.Series(records.offsets, dtype=pl.Int64),
            "kafka_timestamp": pl.Series(records.timestamps_ms, dtype=pl.Int64) * _US_PER_MS,
        }
    )
    plain = _taken_apart(records.values, event)
    is_plain = plain[_IS_PLAIN]
    fields = [plain.drop(_IS_PLAIN).filter(is_plain)]
    events_at = [is_plain.arg_true()]
    rejected_at: list[int] = []
    reasons: list[str] = []
    event_rows: list[tuple[object, ...]] = []
    event_rows_at: list[int] = []
    for row in (~is_plain).arg_true().to_list():
        answer = decode_message(records.values[row], event)
        if isinstance(answer, str):
            rejected_at.append(row)
            reasons.append(answer)
        else:
            event_rows_at.append(row)
            event_rows.append(answer)
    if event_rows:
        fields.append(pl.DataFrame(event_rows, schema=plain.drop(_IS_PLAIN).schema, orient="row"))
        events_at.append(pl.Series(event_rows_at, dtype=pl.UInt32))
    at = pl.concat(events_at)
    events = _with_event_ts(pl.concat([pl.concat(fields), places[at]], how="horizontal"), event)
    if future_tolerance_ms:
        ahead = _ahead_us(events) > min(future_tolerance_ms * _US_PER_MS, _LARGEST)
        rejected_at += at.filter(ahead).to_list()
        reasons += [FUTURE_EVENT] * (len(rejected_at) - len(reasons))
        events = events.filter(~ahead)
    rejected = places[pl.Series(rejected_at, dtype=pl.UInt32)].with_columns(
        pl.col("kafka_timestamp").cast(MOMENT),
        value=pl.Series([records.values[row] for row in rejected_at], dtype=pl.Binary),
        reason=pl.Series(reasons, dtype=pl.String),
    )
    return Decoded(events, rejected)


def empty(event: Event) -> Decoded:
    """What no records decode to."""
    return Decoded(decoded_events(event).to_frame(), DECODED_REJECTED.to_frame())


@cache
def _plain_form(event: Event) -> str:
    members = (f'"{re.escape(field.name)}":(?:null|{_PLAIN_VALUE[field.type]})' for field in event.fields)
    return r"\A(\{)" + ",".join(members) + r"\}\z"


def _taken_apart(values: list[bytes | None], event: Event) -> pl.DataFrame:
    """The fields of each message that has the plain form, and whether it has; else nulls."""
    ascii_only = [value if value is not None and value.isascii() else b"" for value in values]
    texts = pl.Series(ascii_only, dtype=pl.Binary).cast(pl.String)
    groups = texts.str.extract_groups(_plain_form(event)).struct.unnest()
    groups.columns = [_IS_PLAIN, *event.names]
    is_plain = pl.col(_IS_PLAIN).is_not_null()
    # A number's text is null or what the form allows, so the casts cannot fail.
    typed = [
        pl.col(field.name).cast(_NUMBER_TYPE[field.type])
        for field in event.fields
        if field.type is not JsonType.STRING
    ]
    defaults = [
        pl.when(is_plain).then(pl.col(field.name).fill_null(field.default)).alias(field.name)
        for field in event.fields
        if field.default
    ]
    return groups.with_columns(is_plain, *typed, *defaults)


def _ahead_us(events: pl.DataFrame) -> pl.Series:
    return events["event_ts"].cast(pl.Int64) - events["kafka_timestamp"].cast(pl.Int64)


def _with_event_ts(events: pl.DataFrame, event: Event) -> pl.DataFrame:
    schema = decoded_events(event)
    moments = event_ts(events[event.time_field], events["kafka_timestamp"])
    return (
        # A zero has no sign.
        events.with_columns(*(pl.col(name) + 0.0 for name in event.number_names), event_ts=moments)
        .with_columns(pl.col("event_ts", "kafka_timestamp").cast(MOMENT))
        .cast({name: dtype for name, dtype in schema.items() if name in event.names})
        .select(schema.names())
    )
