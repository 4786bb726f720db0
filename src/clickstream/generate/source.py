"""What a pipeline's generator provides: events by index, each of an actor with a key."""

import zlib
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from clickstream.contract.definition.pipeline import Pipeline
from clickstream.generate.draws import Columns
from clickstream.settings.generator import GeneratorSettings


class Happenings(Protocol):
    """Some events without their times; one entry per event in every column."""

    @property
    def actor(self) -> Columns:
        """Whose event each is: a number from 0, equal for events of one key."""

    @property
    def keys(self) -> list[bytes | None]:
        """The key of each record; None for an event without one."""

    @property
    def key_hashes(self) -> Columns:
        """The CRC-32 of each key; the index of an event without one."""

    def taken(self, rows: Columns) -> "Happenings":
        """Some of the events, in the given order."""

    def encoded(self, event_time_us: Columns) -> list[bytes]:
        """The value of each event: a JSON object with the fields in order, UTF-8, without blanks.

        `event_time_us` is when each is said to have happened, microseconds since the Unix epoch.
        """


class EventSource(Protocol):
    """Makes the events of a seed; an event depends only on seed and index, however the indices are cut."""

    def events(self, first: int, count: int) -> Happenings:
        """Events `first` to `first + count - 1`."""


class KeyTable:
    """The keys of actors that are known beforehand, with their CRC-32."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = np.array(keys, dtype=np.object_)
        self.hashes: Columns = np.array([zlib.crc32(key) for key in keys], dtype=np.int64)
        """By actor."""

    def keys_of(self, actor: Columns) -> list[bytes | None]:
        """The key of each of these actors."""
        keys: list[bytes | None] = self._keys[actor].tolist()
        return keys


def source_of(pipeline: Pipeline, settings: GeneratorSettings) -> EventSource:
    """What makes the events of a pipeline: its own source, its function, or else its declared fields."""
    if pipeline.source is not None:
        source: EventSource = pipeline.source(settings)
        return source
    # With mimesis, which clicks need only for their users.
    from clickstream.generate.declared.source import DeclaredSource

    return DeclaredSource(pipeline.event, settings, pipeline.generator)
