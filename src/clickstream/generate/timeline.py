"""When events happen: event i at start + i / rate, exactly."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import numpy as np

from clickstream.clock import Clock
from clickstream.errors import SettingInvalid, UsageError
from clickstream.generate.draws import Columns
from clickstream.settings import GeneratorSettings

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US_PER_S = 1_000_000
_LAST_US = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_INT64_LIMIT = 2**63

# A Kafka timestamp of 0 reads "take the time of sending" to librdkafka, so a stream begins after it.
_FIRST_US = 1_000


def start_us_of(settings: GeneratorSettings, clock: Clock) -> int:
    """Event time of event 0 in microseconds since the Unix epoch.

    It is START_TIME, or the clock's time cut to the second where that is empty.

    Raises:
        SettingInvalid: START_TIME is no ISO-8601 time with offset, or lies before 1970.
    """
    text = settings.start_time.strip()
    if not text:
        return (clock.now() - _EPOCH) // timedelta(seconds=1) * _US_PER_S
    expected = (
        "an ISO-8601 time with offset after 1970, such as 2026-01-31T08:00:00+00:00, or nothing for now"
    )
    try:
        start = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingInvalid("START_TIME", settings.start_time, expected) from error
    if start.tzinfo is None:
        raise SettingInvalid("START_TIME", settings.start_time, expected)
    microseconds = (start - _EPOCH) // timedelta(microseconds=1)
    if microseconds < _FIRST_US:
        raise SettingInvalid("START_TIME", settings.start_time, expected)
    return microseconds


class Timeline:
    """The nominal times of a stream: event i at start + i / rate, cut to the microsecond.

    Args:
        start_us: time of event 0, microseconds since the Unix epoch.
        rate_per_s: events per second of event time; the decimal fraction that its text shows.
    """

    def __init__(self, start_us: int, rate_per_s: float) -> None:
        self.start_us = start_us
        self.rate_per_s = Fraction(repr(rate_per_s))

    def nominal_us(self, first: int, count: int) -> Columns:
        """The times of events `first` … `first + count - 1`, microseconds since the Unix epoch.

        Raises:
            UsageError: the rate is so low that the last of them lies after the year 9999.
        """
        step, parts = _US_PER_S * self.rate_per_s.denominator, self.rate_per_s.numerator
        whole, rest = divmod(first * step, parts)
        last_us = self.start_us + whole + (rest + count * step) // parts
        if last_us > _LAST_US:
            raise UsageError(
                f"At {float(self.rate_per_s):g} events per second, event {first + count} would happen "
                "after the year 9999.",
                next_step="Raise MSGS_PER_SEC, or make fewer events.",
            )
        # Python's integers, three times slower, where a long decimal fraction would leave 64 bits.
        fits = max(parts, rest + max(1, count) * step) < _INT64_LIMIT
        indices = np.arange(count, dtype=np.int64 if fits else np.object_)
        return (self.start_us + whole + (rest + indices * step) // parts).astype(np.int64)
