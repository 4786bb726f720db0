"""Events of sensors, as tests of declared data ask for them."""

from collections.abc import Callable
from random import Random
from typing import Any

from clickstream.clicks import CLICKS
from clickstream.contract.records import OutgoingRecords
from clickstream.define import Event, EventField, JsonType, Pipeline
from clickstream.generate.events import EventStream, Part
from clickstream.settings import GeneratorSettings
from streams import NEW_YEAR_US

READING = Event(
    fields=(
        EventField("sensor_id", JsonType.STRING),
        EventField("city", JsonType.STRING),
        EventField("unit", JsonType.STRING, values=("C", "F", None)),
        EventField("read_at", JsonType.STRING),
        EventField("celsius", JsonType.NUMBER, low=-20, high=45.5),
        EventField("battery", JsonType.INTEGER, low=0, high=100),
    ),
    time_field="read_at",
    key_field="sensor_id",
)


def a_reading(event: Event = READING, **parts: Any) -> Pipeline:
    """A pipeline of an event; its tables do not matter to the generator."""
    return Pipeline("readings", event, CLICKS.tables, **parts)


def a_stream(
    pipeline: Pipeline | None = None, part: Part | None = None, partitions: int = 3, **settings: object
) -> EventStream:
    """A stream without faults but for those given; MSG_KEY as a pipeline of sensors has it."""
    pipeline = pipeline or a_reading()
    key = settings.pop("MSG_KEY", pipeline.event.key_field)
    given = GeneratorSettings(**{"LATE_RATE": 0, "MALFORMED_RATE": 0, **settings})
    given = given.model_copy(update={"key": key})
    return EventStream(pipeline, given, partitions, NEW_YEAR_US, part or Part())


def made(
    count: int, function: Callable[[Random, int], Any] | None = None, **settings: object
) -> OutgoingRecords:
    """The first records of a stream."""
    return a_stream(a_reading(generator=function), **settings).records(0, count)
