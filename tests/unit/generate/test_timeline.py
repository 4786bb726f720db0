"""When events happen."""

from datetime import UTC, datetime
from fractions import Fraction
from math import floor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clickstream.errors import UsageError
from clickstream.generate.timeline import Timeline, start_us_of
from clickstream.settings import GeneratorSettings
from clickstream.testing import ManualClock

NEW_YEAR_US = 1_767_225_600_000_000


def start_us(text: str, clock: ManualClock | None = None) -> int:
    return start_us_of(GeneratorSettings(START_TIME=text), clock or ManualClock())


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01T00:00:00+00:00",
        "2026-01-01T00:00:00Z",
        "2026-01-01T01:30:00+01:30",
        " 2025-12-31 23:00-01:00 ",
    ],
)
@pytest.mark.acts("START_TIME")
def test_a_start_time_with_any_offset_is_one_moment(text):
    assert start_us(text) == NEW_YEAR_US


def test_microseconds_of_a_start_time_are_kept():
    assert start_us("2026-01-01T00:00:00.000001Z") == NEW_YEAR_US + 1


def test_no_start_time_is_now_cut_to_the_second():
    assert start_us("", ManualClock(datetime(2026, 1, 1, 0, 0, 0, 999_999, tzinfo=UTC))) == NEW_YEAR_US


@example(rate=0.001953125123456789, first=0, count=0)
@given(
    rate=st.one_of(st.floats(1e-3, 1e7), st.integers(1, 50_000).map(float)),
    first=st.integers(0, 10**6),
    count=st.integers(0, 40),
)
def test_event_i_happens_at_start_plus_i_over_rate(rate, first, count):
    exact = Fraction(repr(rate))
    expected = [NEW_YEAR_US + floor(index * 1_000_000 / exact) for index in range(first, first + count)]
    assert Timeline(NEW_YEAR_US, rate).nominal_us(first, count).tolist() == expected


def test_a_rate_too_low_for_the_calendar_is_refused():
    with pytest.raises(UsageError, match="after the year 9998"):
        Timeline(NEW_YEAR_US, 5e-324).nominal_us(0, 2)
