"""Rows of a table as messages: JSON objects by the declared fields of the event."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson

from clickstream.contract.definition.event import Event, EventField, JsonType
from clickstream.errors import UsageError
from clickstream.generate.from_file.lines import Values

Cell = str | int | float | None

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)
_SHOWN = 8


def declared_columns(event: Event, columns: Sequence[str], name: str) -> list[tuple[int, EventField]]:
    """Which columns are fields of the event: the place of each, and the field; the others are not sent.

    Raises:
        UsageError: none of them is one, or a field is there twice.
    """
    found = [(place, event.field(each)) for place, each in enumerate(columns) if each in event.names]
    names = [field.name for _, field in found]
    if not found or len(set(names)) < len(names):
        shown = ", ".join(columns[:_SHOWN]) + (", …" if len(columns) > _SHOWN else "")
        why = "no column is a field of the event" if not found else "a field of the event is there twice"
        raise UsageError(
            f"{name} cannot be sent: {why}. Its columns are {shown or 'none'}.",
            next_step=f"Name its columns as the event's fields: {', '.join(event.names)}.",
        )
    return found


def cell_of(field: EventField) -> Callable[[str], Cell]:
    """What turns a text into a value of the field; a text that is not one stays, and is rejected later."""
    if field.type is JsonType.STRING:
        return lambda text: text or None
    if field.type is JsonType.INTEGER:
        return lambda text: int(text) if _INTEGER.fullmatch(text) else text or None
    return lambda text: _number(text) if _NUMBER.fullmatch(text) else text or None


def messages(names: Sequence[str], rows: Iterable[Sequence[Any] | None]) -> Values:
    """Each row as a JSON object with these names; None stays None."""
    for row in rows:
        if row is None:
            yield None
            continue
        event = dict(zip(names, row, strict=True))
        try:
            yield orjson.dumps(event)
        except TypeError:  # a whole number beyond 64 bits, or a value that JSON has no type for
            yield json.dumps(event, separators=(",", ":"), ensure_ascii=False, default=str).encode()


def _number(text: str) -> Cell:
    value = float(text)
    # orjson writes an infinite number as null.
    return value if abs(value) != float("inf") else text
