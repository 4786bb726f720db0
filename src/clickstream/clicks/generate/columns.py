"""Events before they are written: one row per event, in columns."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields

import numpy as np

from clickstream.define.columns import Columns


@dataclass(frozen=True, slots=True)
class EventColumns:
    """Events in columns of int64, all of one length.

    `event_time_us` is microseconds since the Unix epoch. `user`, `event_type`, `page`, `referrer` and
    `campaign` are indices into the population and the contract's vocabularies. `session` is 1 … SESSIONS,
    0 for null; `revenue_cents` is 0 for null.
    """

    event_time_us: Columns
    user: Columns
    session: Columns
    event_type: Columns
    page: Columns
    referrer: Columns
    campaign: Columns
    latency_ms: Columns
    revenue_cents: Columns


@dataclass(frozen=True, slots=True)
class Clicks:
    """Events that have no time yet; the columns are those of `EventColumns`."""

    user: Columns
    session: Columns
    event_type: Columns
    page: Columns
    referrer: Columns
    campaign: Columns
    latency_ms: Columns
    revenue_cents: Columns

    def taken(self, rows: Columns | slice) -> "Clicks":
        """Some of the rows, in the given order."""
        return self._each(lambda column: column[rows])

    def at(self, event_time_us: Columns) -> EventColumns:
        """The same rows with their times."""
        return EventColumns(event_time_us, *(getattr(self, field.name) for field in fields(self)))

    def _each(self, change: Callable[[Columns], Columns]) -> "Clicks":
        return Clicks(*(change(getattr(self, field.name)) for field in fields(self)))


def joined(parts: Iterable[Clicks]) -> Clicks:
    """The rows of all parts, one after the other."""
    pieces = list(parts)
    if len(pieces) == 1:
        return pieces[0]
    return Clicks(
        *(np.concatenate([getattr(part, field.name) for part in pieces]) for field in fields(Clicks))
    )
