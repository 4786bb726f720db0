"""Independent events: every field of every event is drawn separately, by the contract's shares."""

from enum import IntEnum
from fractions import Fraction

import numpy as np

from clickstream.clicks.event import PURCHASE
from clickstream.clicks.generate.columns import Clicks
from clickstream.clicks.generate.vocabulary import (
    CAMPAIGNS,
    EVENT_TYPE_PERCENT,
    LATENCY_MS,
    NULL_SESSION_PERCENT,
    PAGES,
    REFERRERS,
    REVENUE_CENTS,
    SESSIONS,
    USERS,
)
from clickstream.define.columns import Draws, Purpose

_PERCENT = 100
_EVENT_TYPE_OF_PERCENT = np.repeat(
    np.arange(len(EVENT_TYPE_PERCENT), dtype=np.int64), list(EVENT_TYPE_PERCENT.values())
)
_PURCHASE_INDEX = list(EVENT_TYPE_PERCENT).index(PURCHASE)
_NULL_SESSION_RATE = Fraction(NULL_SESSION_PERCENT, _PERCENT)


class FieldDraw(IntEnum):
    """What each 32-bit half word of an independent event decides; no place is given to something else."""

    USER = 0
    SESSION_IS_NULL = 1
    SESSION = 2
    EVENT_TYPE = 3
    PAGE = 4
    REFERRER = 5
    CAMPAIGN = 6
    LATENCY = 7
    REVENUE = 8


class IndependentClicks:
    """The clicks of a seed under UNIFORM; the click at an index depends only on seed and index."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def clicks(self, first: int, count: int) -> Clicks:
        """Clicks `first` to `first + count - 1`; only purchases have a revenue."""
        draws = Draws(self._seed, Purpose.FIELDS, first, count)
        event_type = _EVENT_TYPE_OF_PERCENT[draws.below(FieldDraw.EVENT_TYPE, _PERCENT)]
        revenue_cents = draws.between(FieldDraw.REVENUE, REVENUE_CENTS)
        return Clicks(
            user=draws.below(FieldDraw.USER, USERS),
            session=np.where(
                draws.happens(FieldDraw.SESSION_IS_NULL, _NULL_SESSION_RATE),
                0,
                draws.between(FieldDraw.SESSION, (1, SESSIONS)),
            ),
            event_type=event_type,
            page=draws.below(FieldDraw.PAGE, len(PAGES)),
            referrer=draws.below(FieldDraw.REFERRER, len(REFERRERS)),
            campaign=draws.below(FieldDraw.CAMPAIGN, len(CAMPAIGNS)),
            latency_ms=draws.between(FieldDraw.LATENCY, LATENCY_MS),
            revenue_cents=np.where(event_type == _PURCHASE_INDEX, revenue_cents, 0),
        )
