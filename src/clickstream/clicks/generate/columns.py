"""Clicks before they are written: one row per click, in columns."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np

from clickstream.define.columns import Columns


@dataclass(frozen=True, slots=True)
class Clicks:
    """Clicks without their times, in columns of int64, all of one length.

    `user`, `event_type`, `page`, `referrer` and `campaign` are indices into the population and the
    vocabularies. `session` is 1 … SESSIONS, 0 for null; `revenue_cents` is 0 for null.
    """

    user: Columns
    session: Columns
    event_type: Columns
    page: Columns
    referrer: Columns
    campaign: Columns
    latency_ms: Columns
    revenue_cents: Columns

    def taken(self, rows: Columns) -> "Clicks":
        """Some of the rows, in the given order."""
        return Clicks(*(getattr(self, field.name)[rows] for field in fields(self)))


def joined(parts: Iterable[Clicks]) -> Clicks:
    """The rows of all parts, one after the other."""
    pieces = list(parts)
    if len(pieces) == 1:
        return pieces[0]
    return Clicks(
        *(np.concatenate([getattr(part, field.name) for part in pieces]) for field in fields(Clicks))
    )
