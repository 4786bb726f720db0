"""Which click comes when: the visits of all lanes in one order, found from any index on."""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

from clickstream.clicks.generate.columns import Clicks, joined
from clickstream.clicks.generate.visits import (
    CHAPTER_EVENTS,
    CHAPTER_SPAN,
    STEP_OF_VISIT_BITS,
    Visits,
    Volume,
    unpacked,
    volume,
)
from clickstream.define.columns import Columns

USUAL_PAUSE_S = 10
"""The mean pause between two clicks of a visitor, as long as MOST_LANES allows."""

MOST_LANES = 1_000
"""Visitors at one time; faster streams have quicker visitors, because each lane needs its own users."""


def lanes_for(rate_per_s: Fraction) -> int:
    """How many visitors there are at one time, so that each pauses for USUAL_PAUSE_S in the mean."""
    return max(1, min(MOST_LANES, int(rate_per_s * USUAL_PAUSE_S)))


class SessionClicks:
    """The clicks of a seed and a number of lanes; any of them is found in the time of two volumes.

    A *volume* is as many chapters as make some 64,000 events. A *window* is the time of a volume: the events
    in it are those of its volume but for what the lanes, which begin one after the other, carry over its end,
    and what they carried over its beginning. All chapters have the same number of events, so the events
    before a window are known by counting what is carried over. The stream begins with window 1: with visits
    under way, as one finds them whenever one begins to look.
    """

    def __init__(self, seed: int, lanes: int) -> None:
        self._seed = seed
        self._lanes = lanes
        self._chapters = max(1, MOST_LANES // lanes)
        self._volume_events = self._chapters * lanes * CHAPTER_EVENTS
        self._window_span = self._chapters * CHAPTER_SPAN
        # Two volumes to make a window of, and two windows for a chunk that crosses their border.
        self._volume = lru_cache(maxsize=2)(self._make_volume)
        self._window = lru_cache(maxsize=2)(self._make_window)
        self._before_stream = self._before_window(1)

    def clicks(self, first: int, count: int) -> Clicks:
        """Clicks `first` to `first + count - 1`."""
        parts: list[Clicks] = []
        number, position = self._window_of(first)
        missing = count
        while missing or not parts:
            window = self._window(number)
            steps = window.steps[position : position + missing]
            missing -= len(steps)
            parts.append(unpacked(steps, window.visits))
            number, position = number + 1, 0
        return joined(parts)

    def _window_of(self, index: int) -> tuple[int, int]:
        """The window that has the click, and the click's position in it."""
        place = index + self._before_stream
        number = place // self._volume_events
        following = self._before_window(number + 1)
        if place >= following:
            return number + 1, place - following
        return number, place - self._before_window(number)

    def _before_window(self, number: int) -> int:
        """Events before a window, all windows counted: those of the volumes before, less what is carried."""
        carried = self._volume(number - 1).happens_at >= self._window_span
        return number * self._volume_events - int(np.count_nonzero(carried))

    def _make_volume(self, number: int) -> Volume:
        return volume(self._seed, self._lanes, number * self._chapters, self._chapters)

    def _make_window(self, number: int) -> "_Window":
        before, own = self._volume(number - 1), self._volume(number)
        carried = np.flatnonzero(before.happens_at >= self._window_span)
        inside = np.flatnonzero(own.happens_at < self._window_span)
        happens_at = np.concatenate([before.happens_at[carried] - self._window_span, own.happens_at[inside]])
        visits_before = len(before.visits.user)
        steps = np.concatenate(
            [before.steps[carried], own.steps[inside] + (visits_before << STEP_OF_VISIT_BITS)]
        )
        return _Window(steps[_order(happens_at)], before.visits.followed_by(own.visits))


@dataclass(frozen=True, slots=True)
class _Window:
    """The packed steps of a window in their order, and the visits that they refer to."""

    steps: Columns
    visits: Visits


def _order(happens_at: Columns) -> Columns:
    """The order of times. Those that are equal stay as they are: time and place in one number, sorted."""
    place_bits = len(happens_at).bit_length()
    return np.sort(happens_at << place_bits | np.arange(len(happens_at))) & ((1 << place_bits) - 1)
