"""Visits side by side: lanes of visitors, each a chain of chapters that are drawn on their own.

A *lane* is a place for one visitor at a time: when one leaves, the next arrives. A lane's events are cut into
*chapters* of `CHAPTER_EVENTS` each, which last equally long and are drawn from the seed, the lane and the
chapter's number alone, so that any of them is made without those before. The lanes begin their chapters one
after the other, evenly spread, so that nothing happens to all of them at once.
"""

from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from math import isqrt

import numpy as np
import numpy.typing as npt

from clickstream.clicks.event import PURCHASE
from clickstream.clicks.generate.columns import Clicks
from clickstream.clicks.generate.vocabulary import (
    CAMPAIGNS,
    EVENT_TYPE_PERCENT,
    LATENCY_MS,
    NULL_SESSION_PERCENT,
    REFERRERS,
    REVENUE_CENTS,
    SESSIONS,
    USERS,
)
from clickstream.clicks.generate.walk import CHANCES, EVENT_TYPE_OF_STEP, PAGE_OF_STEP, walked
from clickstream.define.columns import Columns, Draws, Purpose

CHAPTER_EVENTS = 64
CHAPTER_SPAN = 2**32
"""Length of a chapter, in units whose seconds depend on the rate."""

MOST_VISITS = 32
"""Maximum number of distinct visits of a chapter; one chapter in some millions has more."""

_NULL_SESSION_RATE = Fraction(NULL_SESSION_PERCENT, 100)
_PURCHASE_INDEX = list(EVENT_TYPE_PERCENT).index(PURCHASE)

# Number of chapters with distinct session numbers, before the numbers repeat.
_NUMBERED_CHAPTERS = SESSIONS // MOST_VISITS
# Odd and no multiple of five, so that times it no two numbers below SESSIONS meet: neighbours look unlike.
_SCATTER = 309_017

_PAUSE_STEPS = 4_096
_PAUSE_UNIT = 2**16


def _pauses() -> Columns:
    """Equally likely pauses, their mean near `_PAUSE_UNIT`: a Lomax distribution with exponent 2.

    P(pause > x) = (1 + x / unit)**-2, so half of all pauses are shorter than 0.41 of the mean, one in a
    hundred is longer than nine times the mean. Square roots of integers, rounded down: no floats.
    """
    doubled = 2 * _PAUSE_STEPS
    return np.array(
        [isqrt(_PAUSE_UNIT**2 * doubled // (2 * step + 1)) - _PAUSE_UNIT + 1 for step in range(_PAUSE_STEPS)],
        dtype=np.int64,
    )


_PAUSES = _pauses()


class StepDraw(IntEnum):
    """What each half word of a step of a walk decides; the last four count where a visit begins."""

    NEXT_STEP = 0
    PAUSE = 1
    LATENCY = 2
    REVENUE = 3
    USER = 4
    SESSION_IS_NULL = 5
    REFERRER = 6
    CAMPAIGN = 7


@dataclass(frozen=True, slots=True)
class Visits:
    """What a visit keeps from its first event to its last; indices as in `Clicks`."""

    user: Columns
    session: Columns
    referrer: Columns
    campaign: Columns

    def followed_by(self, others: "Visits") -> "Visits":
        """These visits and then others."""
        return Visits(
            np.concatenate([self.user, others.user]),
            np.concatenate([self.session, others.session]),
            np.concatenate([self.referrer, others.referrer]),
            np.concatenate([self.campaign, others.campaign]),
        )


@dataclass(frozen=True, slots=True)
class Volume:
    """Some chapters of all lanes, lane by lane.

    `steps` are its events as `packed` makes them, `happens_at` their times in units since the volume's
    beginning, `visits` what the steps refer to.
    """

    steps: Columns
    happens_at: Columns
    visits: Visits


_REVENUE_BITS, _LATENCY_BITS, _STEP_BITS = 15, 11, 5
STEP_OF_VISIT_BITS = _REVENUE_BITS + _LATENCY_BITS + _STEP_BITS
"""A visit's number is above so many bits of a packed step."""


def packed(visit: Columns, step: Columns, latency_ms: Columns, revenue_cents: Columns) -> Columns:
    """Events as one integer each: putting them in order then moves one column instead of eight."""
    return ((visit << _STEP_BITS | step) << _LATENCY_BITS | latency_ms) << _REVENUE_BITS | revenue_cents


def unpacked(steps: Columns, visits: Visits) -> Clicks:
    """The clicks that packed steps of these visits stand for; only purchases have a revenue."""
    visit = steps >> STEP_OF_VISIT_BITS
    step = (steps >> (_REVENUE_BITS + _LATENCY_BITS)) & ((1 << _STEP_BITS) - 1)
    event_type = EVENT_TYPE_OF_STEP[step]
    revenue_cents = steps & ((1 << _REVENUE_BITS) - 1)
    return Clicks(
        user=visits.user[visit],
        session=visits.session[visit],
        event_type=event_type,
        page=PAGE_OF_STEP[step],
        referrer=visits.referrer[visit],
        campaign=visits.campaign[visit],
        latency_ms=(steps >> _REVENUE_BITS) & ((1 << _LATENCY_BITS) - 1),
        revenue_cents=np.where(event_type == _PURCHASE_INDEX, revenue_cents, 0),
    )


def volume(seed: int, lanes: int, first_chapter: int, chapters: int) -> Volume:
    """The chapters `first_chapter` to `first_chapter + chapters - 1` of each of `lanes` lanes."""
    rows = chapters * lanes
    lane = np.tile(np.arange(lanes, dtype=np.int64), chapters)
    draws = Draws(seed, Purpose.WALK, first_chapter * lanes * CHAPTER_EVENTS, rows * CHAPTER_EVENTS)
    step, begins = walked(draws.below(StepDraw.NEXT_STEP, CHANCES).reshape(rows, CHAPTER_EVENTS))
    ordinal = np.cumsum(begins, axis=1) - 1
    # Session numbers must not overlap, so the last visits of a chapter with more would be one.
    begins &= ordinal < MOST_VISITS
    steps = packed(
        np.cumsum(begins.ravel()) - 1,
        step.ravel().astype(np.int64),
        draws.between(StepDraw.LATENCY, LATENCY_MS),
        draws.between(StepDraw.REVENUE, REVENUE_CENTS),
    )
    pauses = _PAUSES[draws.below(StepDraw.PAUSE, _PAUSE_STEPS)].reshape(rows, CHAPTER_EVENTS)
    begins_at = np.repeat(np.arange(chapters, dtype=np.int64) * CHAPTER_SPAN, lanes)
    begins_at += lane * CHAPTER_SPAN // lanes
    happens_at = (begins_at[:, None] + _within_chapter(pauses)).ravel()

    began = np.flatnonzero(begins)
    row = began // CHAPTER_EVENTS
    chapter_number = (first_chapter * lanes + row) % _NUMBERED_CHAPTERS
    visits = _visits(
        draws.taken(began), lanes, lane[row], chapter_number * MOST_VISITS + ordinal.ravel()[began]
    )
    return Volume(steps, happens_at, visits)


def _visits(draws: Draws, lanes: int, lane: Columns, number: Columns) -> Visits:
    """What the visits of these lanes keep; `number` is below SESSIONS."""
    # Lane l is visited by users l, l + lanes, l + 2 lanes …, so no user is in two places at once.
    users_of_lane = ((USERS - 1 - lane) // lanes + 1).astype(np.uint64)
    has_none = draws.happens(StepDraw.SESSION_IS_NULL, _NULL_SESSION_RATE)
    return Visits(
        user=lane + lanes * draws.below_each(StepDraw.USER, users_of_lane),
        session=np.where(has_none, 0, 1 + number * _SCATTER % SESSIONS),
        referrer=draws.below(StepDraw.REFERRER, len(REFERRERS)),
        campaign=draws.below(StepDraw.CAMPAIGN, len(CAMPAIGNS)),
    )


def _within_chapter(pauses: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """When each event of a chapter happens: pauses stretched to the chapter's span, never two at once."""
    until = np.cumsum(pauses, axis=1)
    before = until - pauses
    return before * (CHAPTER_SPAN - CHAPTER_EVENTS) // until[:, -1:] + np.arange(CHAPTER_EVENTS)
