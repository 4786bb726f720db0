"""Whatever fields an event has, in whatever order, both ways of decoding give what was written."""

from datetime import datetime
from itertools import permutations

import orjson
import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.check.decode.one_message import decode_message
from clickstream.contract.definition.event import Event, EventField, JsonType
from clickstream.stream.decode.decoding import Decoder
from spark.records_frame import KAFKA_US, records_of

TIME = EventField("at", JsonType.STRING)
OTHERS = [
    EventField("note", JsonType.STRING),
    EventField("amount", JsonType.NUMBER),
    EventField("count", JsonType.INTEGER),
]
SAMPLES = {
    JsonType.STRING: ["clips", "", "ends in a }", None, "Köln", 'a "quote", and a comma'],
    JsonType.NUMBER: [1.5, 0.0, -2.25, None, 3, 1e11],
    JsonType.INTEGER: [0, -7, 12, None, 5, 10**17],
}
TIMES = ["2026-03-01T12:00:00Z", "2026-03-01T12:00:00.5+01:00", None]


def event_of(fields: list[EventField]) -> Event:
    return Event(fields=tuple(fields), time_field="at", key_field="at")


EVERY_ORDER = [list(order) for order in permutations([TIME, *OTHERS])]
# Names that the job has for columns of its own while it decodes.
NAMES = [
    "text",
    "members",
    "kinds",
    "is_json",
    "strings",
    "strict",
    "pieces",
    "partition",
    "digest",
    "number_a",
]
EVENTS = [
    event_of([TIME]),
    *(event_of(order) for order in EVERY_ORDER[::5]),
    *(event_of([TIME, *(EventField(name, kind) for name in NAMES)]) for kind in JsonType),
]


def messages_of(event: Event) -> list[bytes]:
    """Each in the plain form where its values allow it, and again with a blank, which no plain form has."""
    written = []
    for at in range(6):
        values = {field.name: SAMPLES[field.type][at] for field in event.fields}
        plain = orjson.dumps(values | {"at": TIMES[at % len(TIMES)]})
        written += [plain, plain.replace(b"{", b"{ ", 1)]
    return written


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: "-".join(event.names)[:40])
def test_every_field_has_the_value_that_was_written(session: SparkSession, event: Event) -> None:
    written = messages_of(event)
    answers = Decoder(event)(records_of(session, written)).withColumn(
        "event_ts_us", F.unix_micros("event_ts")
    )
    decoded = {row.kafka_offset: row for row in answers.drop("event_ts").collect()}
    for offset, value in enumerate(written):
        row, expected = decoded[offset], orjson.loads(value)
        assert row.reason is None, value
        assert {name: row[name] for name in event.names} == expected
        assert dict(zip(event.names, decode_message(value, event), strict=True)) == expected
        time = expected["at"]
        assert row.event_ts_us == (
            KAFKA_US if time is None else round(datetime.fromisoformat(time).timestamp() * 1e6)
        )
