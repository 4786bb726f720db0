"""What a pipeline's generator provides: events by index, each of an actor with a key."""

from collections.abc import Sequence
from typing import Protocol

from clickstream.contract.definition.pipeline import Pipeline
from clickstream.errors import DefinitionInvalid
from clickstream.generate.draws import Columns
from clickstream.settings.generator import GeneratorSettings


class Happenings(Protocol):
    """Some events without their times; one entry per event in every column."""

    @property
    def actor(self) -> Columns:
        """Whose event each is: an index into the source's keys."""

    def taken(self, rows: Columns) -> "Happenings":
        """Some of the events, in the given order."""

    def encoded(self, event_time_us: Columns) -> list[bytes]:
        """The value of each event: a JSON object with the fields in order, UTF-8, without blanks.

        `event_time_us` is when each is said to have happened, microseconds since the Unix epoch.
        """


class EventSource(Protocol):
    """Makes the events of a seed; an event depends on seed and index alone, however the indices are cut."""

    @property
    def keys(self) -> Sequence[bytes]:
        """The record key of each actor."""

    def events(self, first: int, count: int) -> Happenings:
        """Events `first` to `first + count - 1`."""


def source_of(pipeline: Pipeline, settings: GeneratorSettings) -> EventSource:
    """What makes the events of a pipeline.

    Raises:
        DefinitionInvalid: nothing does.
    """
    if pipeline.source is None:
        raise DefinitionInvalid(
            f"The pipeline {pipeline.name} has no source of events.", next_step="Give it one: source=…."
        )
    source: EventSource = pipeline.source(settings)
    return source
