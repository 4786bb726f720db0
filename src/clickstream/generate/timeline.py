"""When events happen: event i when the stream's traffic has brought i events, exactly."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import accumulate
from math import ceil, floor, gcd

import numpy as np

from clickstream.clock import Clock
from clickstream.errors import UsageError
from clickstream.generate.draws import Columns
from clickstream.generate.traffic import FULL_RATE, Traffic
from clickstream.moment import parse_moment
from clickstream.settings import GeneratorSettings

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US_PER_S = 1_000_000
# The last year of the calendar is left to events from clocks that are ahead.
_LAST_US = (datetime.max.replace(tzinfo=UTC) - timedelta(days=366) - _EPOCH) // timedelta(microseconds=1)
_INT64_LIMIT = 2**63


def start_us_of(settings: GeneratorSettings, clock: Clock) -> int:
    """Event time of event 0 in microseconds since the Unix epoch.

    It is START_TIME, or the clock's time cut to the second where that is empty.
    """
    if not settings.start_time:
        return (clock.now() - _EPOCH) // timedelta(seconds=1) * _US_PER_S
    return (parse_moment(settings.start_time) - _EPOCH) // timedelta(microseconds=1)


class Timeline:
    """The nominal times of a stream: each cut to the microsecond.

    Everything is counted in *work*, a unit so small that an event takes a whole number of it, and a
    microsecond at any level of the traffic does a whole number of it. Event i happens when i times the work
    of an event is done; under constant traffic that is at start + i / rate.

    Args:
        start_us: time of event 0, microseconds since the Unix epoch.
        rate_per_s: events per second of event time; the decimal fraction that its text shows.
        traffic: how the rate changes.
    """

    def __init__(self, start_us: int, rate_per_s: float, traffic: Traffic | None = None) -> None:
        traffic = traffic or Traffic()
        self.start_us = start_us
        self.rate_per_s = Fraction(repr(rate_per_s))
        levels = [stretch.level for stretch in traffic.stretches] + [traffic.last_level]
        per_us = [self.rate_per_s.numerator * level for level in levels]
        per_event = _US_PER_S * FULL_RATE * self.rate_per_s.denominator
        smallest = gcd(per_event, *per_us)
        self._work_per_event = per_event // smallest
        # Of each stretch, and last of the time after all of them.
        self._work_per_us = [work // smallest for work in per_us]
        lengths_us = [stretch.length_us for stretch in traffic.stretches]
        self._begins_us = [0, *accumulate(lengths_us)]
        works = (length * work for length, work in zip(lengths_us, self._work_per_us, strict=False))
        self._work_before = [0, *accumulate(works)]
        self._repeats = traffic.repeats

    def nominal_us(self, first: int, count: int) -> Columns:
        """The times of events `first` … `first + count - 1`, microseconds since the Unix epoch.

        Raises:
            UsageError: the rate is so low that the last of them is after the year 9998.
        """
        if self.start_us + floor(self.offset_us(first + count)) > _LAST_US:
            raise UsageError(
                f"At {float(self.rate_per_s):g} events per second, event {first + count} would happen "
                "after the year 9998.",
                next_step="Set START_TIME to an earlier time, raise MSGS_PER_SEC, or make fewer events.",
            )
        origin_us, done, stretch = self._place(first * self._work_per_event)
        begins_us, work_before = self._begins_us, self._work_before
        # After the last stretch, or without any, all events have one rate: nothing to look up.
        alone = stretch == len(begins_us) - 1
        if alone:
            whole_us, done = divmod(done - work_before[-1], self._work_per_us[-1])
            origin_us += begins_us[-1] + whole_us
        span = done + max(1, count) * self._work_per_event
        # Python's integers, three times slower, where a long decimal fraction would leave 64 bits.
        fits = max(span, work_before[-1], *self._work_per_us) < _INT64_LIMIT
        kind = np.int64 if fits else np.object_
        work = done + np.arange(count, dtype=kind) * self._work_per_event
        origin_us += self.start_us
        if alone:
            return np.asarray(origin_us + work // self._work_per_us[-1], dtype=np.int64)
        rounds = work // work_before[-1] if self._repeats else work * 0
        work -= rounds * work_before[-1]
        at = np.searchsorted(np.array(work_before, dtype=kind), work, side="right") - 1
        work -= np.array(work_before, dtype=kind)[at]
        begins = np.array(begins_us, dtype=kind)[at] + rounds * begins_us[-1]
        within = work // np.array(self._work_per_us, dtype=kind)[at]
        return np.asarray(origin_us + begins + within, dtype=np.int64)

    def offset_us(self, index: int) -> Fraction:
        """When an event happens, in microseconds after event 0, exactly."""
        origin_us, done, stretch = self._place(index * self._work_per_event)
        within_us = Fraction(done - self._work_before[stretch], self._work_per_us[stretch])
        return origin_us + self._begins_us[stretch] + within_us

    def happened_within(self, offset_us: Fraction) -> int:
        """How many events happen until then, those at that very moment included; 0 before event 0."""
        return max(0, floor(self._work_until(offset_us) / self._work_per_event) + 1)

    def happening_before(self, offset_us: Fraction) -> int:
        """How many events happen before then."""
        return max(0, ceil(self._work_until(offset_us) / self._work_per_event))

    def _place(self, work: int) -> tuple[int, int, int]:
        """The round's beginning in microseconds, the work done in it, and the stretch where that ends."""
        origin_us = 0
        if self._repeats:
            rounds, work = divmod(work, self._work_before[-1])
            origin_us = rounds * self._begins_us[-1]
        return origin_us, work, bisect_right(self._work_before, work) - 1

    def _work_until(self, offset_us: Fraction) -> Fraction:
        done = 0
        if self._repeats:
            rounds = floor(offset_us / self._begins_us[-1])
            offset_us -= rounds * self._begins_us[-1]
            done = rounds * self._work_before[-1]
        stretch = max(0, bisect_right(self._begins_us, offset_us) - 1)
        within = (offset_us - self._begins_us[stretch]) * self._work_per_us[stretch]
        return done + self._work_before[stretch] + within
