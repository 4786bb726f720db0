"""Events before they are written: one row per event, drawn from a seed."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from clickstream.contract.event import (
    CAMPAIGNS,
    EVENT_TYPE_PERCENT,
    LATENCY_MS,
    NULL_SESSION_PERCENT,
    PAGES,
    PURCHASE,
    REFERRERS,
    REVENUE_CENTS,
    SESSIONS,
    USERS,
)
from clickstream.generate.draws import Columns, Draw, Draws

_PERCENT = 100
_EVENT_TYPE_OF_PERCENT = np.repeat(np.arange(len(EVENT_TYPE_PERCENT)), list(EVENT_TYPE_PERCENT.values()))
_PURCHASE_INDEX = list(EVENT_TYPE_PERCENT).index(PURCHASE)
_NULL_SESSION_RATE = Fraction(NULL_SESSION_PERCENT, _PERCENT)


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


def drawn_events(draws: Draws, event_time_us: Columns) -> EventColumns:
    """Draw every field on its own with the contract's shares; only purchases have a revenue."""
    event_type = _EVENT_TYPE_OF_PERCENT[draws.below(Draw.EVENT_TYPE, _PERCENT)].astype(np.int64)
    session = 1 + draws.below(Draw.SESSION, SESSIONS)
    revenue_cents = _between(draws, Draw.REVENUE, REVENUE_CENTS)
    return EventColumns(
        event_time_us=event_time_us,
        user=draws.below(Draw.USER, USERS),
        session=np.where(draws.happens(Draw.SESSION_IS_NULL, _NULL_SESSION_RATE), 0, session),
        event_type=event_type,
        page=draws.below(Draw.PAGE, len(PAGES)),
        referrer=draws.below(Draw.REFERRER, len(REFERRERS)),
        campaign=draws.below(Draw.CAMPAIGN, len(CAMPAIGNS)),
        latency_ms=_between(draws, Draw.LATENCY, LATENCY_MS),
        revenue_cents=np.where(event_type == _PURCHASE_INDEX, revenue_cents, 0),
    )


def _between(draws: Draws, draw: Draw, bounds: tuple[int, int]) -> Columns:
    smallest, largest = bounds
    return smallest + draws.below(draw, largest - smallest + 1)
