"""Events from the declared fields, or from the generator function of a pipeline file."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import orjson

from clickstream.contract.definition.event import Event, fits
from clickstream.contract.definition.pipeline import EventFunction
from clickstream.errors import DefinitionInvalid
from clickstream.generate.declared.fields import DeclaredField
from clickstream.generate.draws import Columns, Draws, Purpose
from clickstream.settings import GeneratorSettings

_DRAWS_PER_GROUP = 32
_INDEX_BITS = 64


@dataclass(frozen=True, slots=True)
class DeclaredEvents:
    """Some events, with null in place of their times.

    `key_hashes` has the CRC-32 of the key, or the index of an event without one.
    """

    event: Event
    rows: list[dict[str, object]]
    key_hashes: Columns

    @property
    def actor(self) -> Columns:
        """Whose event each is: equal for events of one key."""
        return self.key_hashes

    @property
    def keys(self) -> list[bytes | None]:
        """The key of each event."""
        return [_key(row[self.event.key_field]) for row in self.rows]

    def taken(self, rows: Columns) -> "DeclaredEvents":
        """Some of the events, in the given order."""
        return DeclaredEvents(self.event, [self.rows[row] for row in rows.tolist()], self.key_hashes[rows])

    def encoded(self, event_time_us: Columns) -> list[bytes]:
        """The value of each event; times are in UTC, to the microsecond."""
        times = np.datetime_as_string(event_time_us.astype("datetime64[us]"), unit="us").tolist()
        return [
            orjson.dumps({**row, self.event.time_field: f"{time}+00:00"}, option=orjson.OPT_SERIALIZE_NUMPY)
            for row, time in zip(self.rows, times, strict=True)
        ]


class DeclaredSource:
    """Makes plausible events (`generate.source.EventSource`): each field is drawn separately.

    Args:
        event: what is made.
        settings: of which the seed counts.
        function: random numbers and the event's index, to values by name; what it leaves out is drawn.
    """

    def __init__(
        self, event: Event, settings: GeneratorSettings, function: EventFunction | None = None
    ) -> None:
        self._event = event
        self._seed = settings.seed
        self._function = function
        declared = [field for field in event.fields if field.name != event.time_field]
        self._fields = {
            field.name: DeclaredField(
                field, settings.seed, place % _DRAWS_PER_GROUP, is_key=field.name == event.key_field
            )
            for place, field in enumerate(declared)
        }

    def events(self, first: int, count: int) -> DeclaredEvents:
        """Events `first` to `first + count - 1`.

        Raises:
            DefinitionInvalid: the function raises, or returns something else than values of the fields.
        """
        rows = self._drawn(first, count)
        if self._function is not None:
            random = Random()  # noqa: S311 - seeded, so that every machine makes the same events
            for index, row in enumerate(rows, start=first):
                random.seed(self._seed << _INDEX_BITS | index)
                row |= self._made(self._function, random, index)
        keys = (_key(row[self._event.key_field]) for row in rows)
        hashes = [index if key is None else zlib.crc32(key) for index, key in enumerate(keys, start=first)]
        return DeclaredEvents(self._event, rows, np.array(hashes, dtype=np.int64))

    def _drawn(self, first: int, count: int) -> list[dict[str, object]]:
        groups = [
            Draws(self._seed, Purpose.DECLARED_FIELDS, first, count, group)
            for group in range(-(-len(self._fields) // _DRAWS_PER_GROUP))
        ]
        columns: dict[str, list[object]] = {self._event.time_field: [None] * count}
        for place, (name, field) in enumerate(self._fields.items()):
            columns[name] = [*field.drawn(groups[place // _DRAWS_PER_GROUP])]
        names = self._event.names
        return [
            dict(zip(names, row, strict=True)) for row in zip(*(columns[each] for each in names), strict=True)
        ]

    def _made(self, function: EventFunction, random: Random, index: int) -> Mapping[str, object]:
        try:
            made = function(random, index)
        except Exception as error:
            raise _invalid(function, f"raised {type(error).__name__} for event {index}: {error}") from error
        if not isinstance(made, Mapping):
            raise _invalid(
                function, f"returned {type(made).__name__} for event {index}: expected a dict of fields"
            )
        names = self._event.names
        for name, value in made.items():
            if name not in names:
                raise _invalid(
                    function,
                    f"returned {name!r} for event {index}: expected fields of the event, {', '.join(names)}",
                )
            field = self._event.field(name)
            if name != self._event.time_field and not fits(field, value):
                raise _invalid(
                    function, f"returned {name}={value!r} for event {index}: expected {field.type} or None"
                )
        return made


def _invalid(function: EventFunction, what: str) -> DefinitionInvalid:
    code = getattr(function, "__code__", None)
    where = f" ({Path(code.co_filename).name}:{code.co_firstlineno})" if code else ""
    return DefinitionInvalid(
        f"The generator {getattr(function, '__name__', 'of the pipeline')}{where} {what}.",
        next_step="Correct it. To see its events: clickstream produce --stdout --count 5",
    )


def _key(value: object) -> bytes | None:
    return value.encode() if isinstance(value, str) else None
