"""The definition of a pipeline: its event, its tables, its windows, its generator."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from clickstream.contract.definition.event import Event
from clickstream.contract.definition.tables import Kind, Table


@dataclass(frozen=True, slots=True)
class WindowSetting:
    """A setting with the length of windows: its name, its default and examples as text, and what it means."""

    name: str
    default: str
    examples: tuple[str, ...]
    meaning: str


@dataclass(frozen=True)
class Pipeline:
    """All that is particular to one kind of events; everything else is the engine, and names none of it.

    `tables` has one of every event and one of every rejected message first, and at least one with windows.
    `generator` makes the bundled events: (settings of the generator) → `generate.source.EventSource`.
    """

    name: str
    event: Event
    tables: tuple[Table, ...]
    windows: tuple[WindowSetting, ...]
    generator: Callable[[Any], Any]

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

    def tables_of(self, query: str) -> tuple[Table, ...]:
        """The tables that one query lands, in order."""
        return tuple(table for table in self.tables if table.query == query)

    @cached_property
    def fields_read(self) -> tuple[str, ...]:
        """The fields that any table with windows reads, in the event's order."""
        read = {name for table in self.windowed_tables for name in table.reads}
        return tuple(name for name in self.event.names if name in read)
