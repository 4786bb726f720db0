"""Events from the generator function of a pipeline file, one by one."""

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
from clickstream.generate.declared.source import DeclaredSource, times_written
from clickstream.generate.draws import Columns
from clickstream.settings import GeneratorSettings

_INDEX_BITS = 64


@dataclass(frozen=True, slots=True)
class FunctionEvents:
    """Some events without their times; `key_hashes` has the CRC-32 of the key, or the index without one."""

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

    def taken(self, rows: Columns) -> "FunctionEvents":
        """Some of the events, in the given order."""
        return FunctionEvents(self.event, [self.rows[row] for row in rows.tolist()], self.key_hashes[rows])

    def encoded(self, event_time_us: Columns) -> list[bytes]:
        """The value of each event."""
        names, time_field = self.event.names, self.event.time_field
        return [
            orjson.dumps(
                {name: time if name == time_field else row[name] for name in names},
                option=orjson.OPT_SERIALIZE_NUMPY,
            )
            for row, time in zip(self.rows, times_written(event_time_us), strict=True)
        ]


class FunctionSource:
    """Makes events by a function (`generate.source.EventSource`); what it leaves out is drawn as declared.

    Args:
        event: what the function makes.
        function: random numbers and the event's index, to values by name.
        settings: of which the seed counts.
    """

    def __init__(self, event: Event, function: EventFunction, settings: GeneratorSettings) -> None:
        self._event = event
        self._function = function
        self._seed = settings.seed
        self._declared = DeclaredSource(event, settings)
        self._wanted = set(event.names) - {event.time_field}

    def events(self, first: int, count: int) -> FunctionEvents:
        """Events `first` to `first + count - 1`.

        Raises:
            DefinitionInvalid: the function raises, or returns something else than values of the fields.
        """
        random = Random()  # noqa: S311 - seeded, so that every machine makes the same events
        rows: list[dict[str, object]] = []
        lacking = False
        for index in range(first, first + count):
            random.seed(self._seed << _INDEX_BITS | index)
            row = self._row(random, index)
            lacking |= not self._wanted <= row.keys()
            rows.append(row)
        if lacking:
            drawn = self._declared.events(first, count).values()
            rows = [{**declared, **row} for declared, row in zip(drawn, rows, strict=True)]
        hashes = [
            index if key is None else zlib.crc32(key)
            for index, key in enumerate((_key(row[self._event.key_field]) for row in rows), start=first)
        ]
        return FunctionEvents(self._event, rows, np.array(hashes, dtype=np.int64))

    def _row(self, random: Random, index: int) -> dict[str, object]:
        try:
            made = self._function(random, index)
        except Exception as error:
            raise self._invalid(f"raised {type(error).__name__} for event {index}: {error}") from error
        if not isinstance(made, Mapping):
            raise self._invalid(
                f"returned {type(made).__name__} for event {index}: expected a dict of fields"
            )
        for name, value in made.items():
            if name not in self._event.names:
                raise self._invalid(
                    f"returned {name!r} for event {index}: expected fields of the event, "
                    f"{', '.join(self._event.names)}"
                )
            field = self._event.field(name)
            if name != self._event.time_field and not fits(field, value):
                raise self._invalid(
                    f"returned {name}={value!r} for event {index}: expected {field.type} or None"
                )
        return dict(made)

    def _invalid(self, what: str) -> DefinitionInvalid:
        code = getattr(self._function, "__code__", None)
        where = f" ({Path(code.co_filename).name}:{code.co_firstlineno})" if code else ""
        return DefinitionInvalid(
            f"The generator {getattr(self._function, '__name__', 'of the pipeline')}{where} {what}.",
            next_step="Correct it. To see its events: clickstream produce --stdout --count 5",
        )


def _key(value: object) -> bytes | None:
    return value.encode() if isinstance(value, str) else None
