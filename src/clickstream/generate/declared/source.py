"""Events from only the declared fields, in columns."""

from dataclasses import dataclass

import numpy as np

from clickstream.contract.definition.event import Event
from clickstream.generate.declared.fields import DeclaredField, Value
from clickstream.generate.draws import Columns, Draws, Purpose
from clickstream.generate.source import KeyTable
from clickstream.settings import GeneratorSettings

_DRAWS_PER_GROUP = 32


def times_written(event_time_us: Columns) -> list[str]:
    """Event times as text, in UTC, to the microsecond."""
    texts = np.datetime_as_string(event_time_us.astype("datetime64[us]"), unit="us")
    return [f"{text}+00:00" for text in texts.tolist()]


@dataclass(frozen=True, slots=True)
class DeclaredEvents:
    """Some events without their times: the drawn numbers of every field except the time."""

    source: "DeclaredSource"
    numbers: tuple[Columns, ...]

    @property
    def actor(self) -> Columns:
        """The place of each event's key among all keys."""
        return self.numbers[self.source.key_place]

    @property
    def keys(self) -> list[bytes | None]:
        """The key of each event."""
        return self.source.key_table.keys_of(self.actor)

    @property
    def key_hashes(self) -> Columns:
        """The CRC-32 of each key."""
        return self.source.key_table.hashes[self.actor]

    def taken(self, rows: Columns) -> "DeclaredEvents":
        """Some of the events, in the given order."""
        return DeclaredEvents(self.source, tuple(numbers[rows] for numbers in self.numbers))

    def encoded(self, event_time_us: Columns) -> list[bytes]:
        """The value of each event."""
        columns = [
            field.written(numbers) for field, numbers in zip(self.source.fields, self.numbers, strict=True)
        ]
        time = self.source.time_name
        times = [b'"%b":"%b"' % (time, text.encode()) for text in times_written(event_time_us)]
        columns.insert(self.source.time_place, times)
        return [b"{%b}" % b",".join(members) for members in zip(*columns, strict=True)]

    def values(self) -> list[dict[str, Value]]:
        """The fields of each event but its time, by name."""
        columns = [
            field.values_of(numbers) for field, numbers in zip(self.source.fields, self.numbers, strict=True)
        ]
        return [dict(zip(self.source.names, row, strict=True)) for row in zip(*columns, strict=True)]


class DeclaredSource:
    """Makes plausible events of declared fields (`generate.source.EventSource`): each field on its own."""

    def __init__(self, event: Event, settings: GeneratorSettings) -> None:
        declared = [field for field in event.fields if field.name != event.time_field]
        self.names = [field.name for field in declared]
        self.fields = [
            DeclaredField(
                field, settings.seed, place % _DRAWS_PER_GROUP, is_key=field.name == event.key_field
            )
            for place, field in enumerate(declared)
        ]
        self.time_place = event.names.index(event.time_field)
        self.time_name = event.time_field.encode()
        self.key_place = self.names.index(event.key_field)
        self.key_table = KeyTable([str(value).encode() for value in self.fields[self.key_place].values])
        self._seed = settings.seed

    def events(self, first: int, count: int) -> DeclaredEvents:
        """Events `first` to `first + count - 1`."""
        groups = [
            Draws(self._seed, Purpose.DECLARED_FIELDS, first, count, group)
            for group in range(-(-len(self.fields) // _DRAWS_PER_GROUP))
        ]
        return DeclaredEvents(
            self,
            tuple(field.drawn(groups[place // _DRAWS_PER_GROUP]) for place, field in enumerate(self.fields)),
        )
