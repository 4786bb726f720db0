"""Faults injected into messages of a file: the same as into generated events, chosen by their place."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import orjson

from clickstream.contract.definition.event import Event, fits
from clickstream.generate.draws import Columns, Draws, FaultDraw, Purpose
from clickstream.generate.faults import NONE, OUT_OF_ORDER, Chosen, Faults, rate
from clickstream.generate.from_file.own_times import time_us
from clickstream.generate.order import chosen_rate, swapped
from clickstream.settings import GeneratorSettings

RATES = (
    "late_rate",
    "malformed_rate",
    "duplicate_rate",
    "out_of_order_rate",
    "future_rate",
    "missing_field_rate",
)
"""The settings of faults; those of a file are 0 unless they are set."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_US, _LAST_US = (
    (datetime(year, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1) for year in (3, 9_998)
)
# Far from the limits of the rule for events.
_LONGEST, _MOST_LEVELS = 50_000, 500
_LONG_NUMBER = re.compile(rb"[0-9]{500}")


def parsed(message: bytes) -> dict[str, Any]:
    """The JSON object that a message is; empty for everything else."""
    try:
        value = orjson.loads(message)
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def of_file(settings: GeneratorSettings) -> GeneratorSettings:
    """The settings with the faults that the user set: their defaults are for generated events."""
    return settings.model_copy(update={name: 0.0 for name in RATES if name not in settings.model_fields_set})


@dataclass(frozen=True, slots=True)
class Sent:
    """What is sent of some messages; all but `order` by their place among these.

    `order` has the place of the message that is sent first, second, … `names` has the faults of each message,
    `duplicates` those that are sent twice.
    """

    order: list[int]
    values: list[bytes | None]
    names: Mapping[int, tuple[str, ...]]
    duplicates: frozenset[int]


class FileFaults:
    """Injects faults into messages that are events beyond doubt; all others stay as they are."""

    def __init__(self, settings: GeneratorSettings, event: Event) -> None:
        self._settings = settings
        self._event = event
        self._faults = Faults(settings, event)
        self._swapped_rate = chosen_rate(rate(settings.out_of_order_rate))
        self._any = any(getattr(settings, name) for name in RATES)

    def applied(self, first: int, messages: Sequence[bytes], partitions: Sequence[int]) -> Sent:
        """What is sent for messages that follow one another, the first from place `first` of the file."""
        values: list[bytes | None] = list(messages)
        order = list(range(len(messages)))
        if not self._any or not messages:
            return Sent(order, values, {}, frozenset())
        chosen = self._faults.chosen(first, len(messages))
        draws = Draws(self._settings.seed, Purpose.FAULTS, first, len(messages))
        swaps = draws.happens(FaultDraw.IS_OUT_OF_ORDER, self._swapped_rate)
        changes = (chosen.shift_us != 0) | (chosen.lacking != NONE) | (chosen.way != NONE)
        rows, events = self._events(messages, np.flatnonzero(changes | chosen.duplicate | swaps))
        chosen = _possible(chosen.taken(rows), events)
        changed = [
            _shifted(event, int(shift_us), self._event.time_field) if changes[row] else messages[row]
            for row, event, shift_us in zip(rows.tolist(), events, chosen.shift_us, strict=True)
        ]
        for row, value in zip(rows.tolist(), chosen.applied(changed), strict=True):
            values[row] = value
        names = {int(rows[at]): faults for at, faults in chosen.names().items()}
        order = swapped(np.array(partitions), swaps & np.isin(order, rows)).tolist()
        for place, row in enumerate(order):
            if row < place:
                names[row] = (*names.get(row, ()), OUT_OF_ORDER)
        return Sent(order, values, names, frozenset(rows[chosen.duplicate].tolist()))

    def _events(self, messages: Sequence[bytes], rows: Columns) -> tuple[Columns, list[dict[str, Any]]]:
        found = [(row, parsed(messages[row])) for row in rows.tolist()]
        sure = [(row, event) for row, event in found if is_event(self._event, messages[row], event)]
        return np.array([row for row, _ in sure], dtype=np.int64), [event for _, event in sure]


def is_event(declared: Event, message: bytes, event: Mapping[str, Any]) -> bool:
    """Whether a message, and the object that it is, are an event beyond doubt.

    Job and check apply the rule for events (docs/semantics.md). This is stricter: a message near one of the
    rule's limits is not taken.
    """
    known = [field for field in declared.fields if field.name in event]
    return (
        bool(known)
        and len(message) <= _LONGEST
        and message.count(b"{") + message.count(b"[") < _MOST_LEVELS
        and not _LONG_NUMBER.search(message)
        and all(fits(field, event[field.name]) for field in known)
    )


def _possible(chosen: Chosen, events: Sequence[Mapping[str, Any]]) -> Chosen:
    """The choices that fit the events: one without a time cannot be late, nor lack a field that it lacks."""
    declared = chosen.event
    has_time = np.array(
        [_time_us(event, declared.time_field) is not None for event in events], dtype=np.bool_
    )
    can_lack = np.array(
        [
            declared.names[lacking] in event and sum(name in event for name in declared.names) > 1
            for event, lacking in zip(events, chosen.lacking.tolist(), strict=True)
        ],
        dtype=np.bool_,
    )
    return replace(
        chosen,
        shift_us=np.where(has_time, chosen.shift_us, 0),
        lacking=np.where(can_lack, chosen.lacking, NONE),
    )


def _time_us(event: Mapping[str, Any], time_field: str) -> int | None:
    """The event's time, if no shift takes it out of the calendar."""
    time = time_us(event.get(time_field))
    return time if time is not None and _FIRST_US < time < _LAST_US else None


def _shifted(event: Mapping[str, Any], shift_us: int, time_field: str) -> bytes:
    """The event at another time, without blanks; with its own where there is no shift."""
    time = _time_us(event, time_field)
    if not shift_us or time is None:
        return orjson.dumps(event)
    shifted = (_EPOCH + timedelta(microseconds=time + shift_us)).isoformat(timespec="microseconds")
    return orjson.dumps({**event, time_field: shifted})
