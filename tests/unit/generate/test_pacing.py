"""Live sending, on a clock held still."""

import pytest

from clickstream.generate.events import EventStream
from clickstream.generate.pacing import paced_chunks
from clickstream.settings import GeneratorSettings
from clickstream.testing import ManualClock

NEW_YEAR_US = 1_767_225_600_000_000


def a_stream(rate_per_s: float) -> EventStream:
    return EventStream(GeneratorSettings(MSGS_PER_SEC=rate_per_s), 3, NEW_YEAR_US)


@pytest.mark.parametrize("rate_per_s", [1, 3, 7.5, 100, 999.9, 50_000])
def test_the_rate_is_kept_within_one_per_cent(rate_per_s):
    clock = ManualClock()
    sent = 0
    for records in paced_chunks(a_stream(rate_per_s), clock):
        sent += len(records)
        if clock.monotonic_s() >= 20:
            break
    # The first record is due at once: between `sent` records lie `sent - 1` intervals.
    assert (sent - 1) / clock.monotonic_s() == pytest.approx(rate_per_s, rel=0.01)


@pytest.mark.parametrize("rate_per_s", [0.5, 3, 100, 7_777])
def test_no_record_leaves_before_its_time(rate_per_s):
    clock = ManualClock()
    sent = 0
    for records in paced_chunks(a_stream(rate_per_s), clock, duration_s=6):
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


@pytest.mark.parametrize(
    ("count", "duration_s", "sent"), [(5, None, 5), (None, 0.1, 1), (1_000, 3, 30), (7, 3, 7), (0, None, 0)]
)
def test_count_and_duration_bound_the_stream_whichever_comes_first(count, duration_s, sent):
    records = paced_chunks(a_stream(10), ManualClock(), count=count, duration_s=duration_s)
    assert sum(map(len, records)) == sent


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
    sizes = [len(records) for records in paced_chunks(a_stream(rate_per_s), clock, duration_s=10)]
    assert sum(sizes) == 10 * rate_per_s
    assert all(size <= found <= 1.1 * size for found in sizes[:-1])
    assert len(clock.sleeps_s) <= 10 * 20 + 1
