"""The definition of a pipeline: its event, its tables, and what makes its events."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

from clickstream.contract.definition.event import Event
from clickstream.contract.definition.tables import Kind, Table
from clickstream.contract.definition.window import WindowSetting

EventFunction = Callable[[Random, int], Mapping[str, object]]
"""Random numbers that belong to an event, and its index from 0, to the values of some or all of its fields.

The same numbers and index must give the same values. The time field is set by the engine; a field that is
left out gets a value from its declaration.
"""

EventSourceFactory = Callable[[Any], Any]
"""The settings of the generator to a `generate.source.EventSource`, which makes events in columns."""


@dataclass(frozen=True)
class Pipeline:
    """All that is particular to one kind of events; everything else is the engine, and names none of it.

    `tables` has one of every event and one of every rejected message first, and at least one with windows.
    Events are made by `source`, in columns, or by `generator`, one by one; without either, values are drawn
    from the declared fields.
    """

    name: str
    event: Event
    tables: tuple[Table, ...]
    generator: EventFunction | None = None
    source: EventSourceFactory | None = None

    @cached_property
    def event_table(self) -> Table:
        """The table of every event."""
        return next(table for table in self.tables if table.kind is Kind.EVENT)

    @cached_property
    def rejected_table(self) -> Table:
        """The table of every rejected message."""
        return next(table for table in self.tables if table.kind is Kind.REJECTED)

    @cached_property
    def windowed_tables(self) -> tuple[Table, ...]:
        """The tables with windows, in order."""
        return tuple(table for table in self.tables if table.window)

    @cached_property
    def windows(self) -> tuple[WindowSetting, ...]:
        """The settings with the length of windows, each once, in the order of the tables."""
        return tuple(dict.fromkeys(table.length for table in self.tables if table.length is not None))

    def tables_of(self, query: str) -> tuple[Table, ...]:
        """The tables that one query lands, in order."""
        return tuple(table for table in self.tables if table.query == query)

    @cached_property
    def fields_read(self) -> tuple[str, ...]:
        """The fields that any table with windows reads, in the event's order."""
        read = {name for table in self.windowed_tables for name in table.reads}
        return tuple(name for name in self.event.names if name in read)
