"""Live sending, on a clock held still."""

import pytest

from clickstream.clicks import CLICKS
from clickstream.generate.events import EventStream
from clickstream.generate.pacing import paced_chunks
from clickstream.settings import GeneratorSettings
from clickstream.testing import ManualClock

NEW_YEAR_US = 1_767_225_600_000_000


def a_stream(rate_per_s: float, **settings: object) -> EventStream:
    return EventStream(CLICKS, GeneratorSettings(MSGS_PER_SEC=rate_per_s, **settings), 3, NEW_YEAR_US)


@pytest.mark.parametrize(
    "rate_per_s", [1, 3, 7.5, 100, 999.9, pytest.param(50_000, marks=pytest.mark.thorough)]
)
@pytest.mark.acts("MSGS_PER_SEC")
def test_the_rate_is_kept_within_one_per_cent_over_a_minute(rate_per_s):
    clock = ManualClock()
    sent = 0
    for records in paced_chunks(a_stream(rate_per_s), clock):
        sent += len(records)
        if clock.monotonic_s() >= 60:
            break
    # The first record is due at once: between `sent` records lie `sent - 1` intervals.
    assert (sent - 1) / clock.monotonic_s() == pytest.approx(rate_per_s, rel=0.01)


@pytest.mark.parametrize("rate_per_s", [0.5, 3, 100, 7_777])
def test_no_record_leaves_before_its_time(rate_per_s):
    clock = ManualClock()
    sent = 0
    for records in paced_chunks(a_stream(rate_per_s), clock, count=round(6 * rate_per_s)):
        sent += len(records)
        assert clock.monotonic_s() >= (sent - 1) / rate_per_s - 1e-9
    assert sent == 6 * rate_per_s


def test_the_records_are_those_of_the_stream():
    stream = a_stream(100)
    values = [value for records in paced_chunks(stream, ManualClock(), count=333) for value in records.values]
    assert values == stream.records(0, 333).values


def test_sending_that_was_held_up_catches_up():
    clock = ManualClock()
    sent = 0
    for records in paced_chunks(a_stream(10_000), clock, count=40_000):
        sent += len(records)
        if sent < 1_000:
            clock.advance(2)  # the broker took its time
        assert len(records) <= 5_000
    assert sent == 40_000
    assert clock.monotonic_s() == pytest.approx(4, abs=0.1)


@pytest.mark.parametrize("count", [0, 1, 5, 1_000])
def test_count_bounds_the_stream(count):
    records = paced_chunks(a_stream(1_000), ManualClock(), count=count)
    assert sum(map(len, records)) == count


def test_a_stream_that_skips_begins_at_once_with_the_event_after():
    clock, stream = ManualClock(), a_stream(10)
    first, *others = paced_chunks(stream, clock, first=1_000, count=30)
    assert first.values == stream.records(1_000, 1).values
    assert sum(map(len, others)) == 29
    assert clock.monotonic_s() == pytest.approx(2.9, abs=0.01)


def test_one_that_begins_late_catches_up_with_the_time_it_was_due():
    clock = ManualClock()
    clock.advance(30)
    stream = paced_chunks(a_stream(10), clock, began_s=20, count=1_000)
    assert len(next(stream)) == 101
    assert clock.monotonic_s() == 30


@pytest.mark.parametrize("traffic", ["ramp:10s:300%", "wave:10s:150%", "burst:2s:300%:10s"])
def test_records_leave_as_their_traffic_has_them(traffic):
    clock, stream = ManualClock(), a_stream(1_000, TRAFFIC=traffic)
    sent = 0
    for records in paced_chunks(stream, clock, count=20_000):
        sent += len(records)
        due_s = float(stream.timeline.offset_us(sent - 1)) / 1e6
        # A chunk leaves with its last record: a twentieth of a second at the nominal rate.
        assert due_s - 1e-6 <= clock.monotonic_s() <= due_s + 0.05


def test_even_a_slow_stream_hears_stop_within_a_fifth_of_a_second():
    clock = ManualClock()
    stream = paced_chunks(a_stream(0.01), clock, stop_requested=lambda: clock.monotonic_s() >= 1)
    assert sum(map(len, stream)) == 1
    assert clock.monotonic_s() < 1.3


class TickingClock(ManualClock):
    """Time passes while one looks, as it does outside of tests."""

    def monotonic_s(self) -> float:
        self.advance(0.000_2)
        return super().monotonic_s()


@pytest.mark.parametrize(("rate_per_s", "size"), [(1, 1), (100, 5), (50_000, 2_500)])
def test_chunks_and_sleeps_are_twenty_a_second_at_most(rate_per_s, size):
    clock = TickingClock()
    sizes = [len(records) for records in paced_chunks(a_stream(rate_per_s), clock, count=10 * rate_per_s)]
    assert sum(sizes) == 10 * rate_per_s
    assert all(size <= found <= 1.1 * size for found in sizes[:-1])
    assert len(clock.sleeps_s) <= 10 * 20 + 1
