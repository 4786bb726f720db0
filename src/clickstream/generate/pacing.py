"""Live sending: no record before its time, at the rate asked for, without a sleep per event."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import floor

from clickstream.clock import Clock
from clickstream.contract.records import OutgoingRecords
from clickstream.generate.record_stream import RecordStream, never

# Twenty chunks a second: smooth enough to look live, few enough to cost nothing at 50,000 records/s.
_CHUNK_S = Fraction(1, 20)
# The longest sleep, so that a slow stream stops at once when asked.
_LONGEST_SLEEP_S = 0.2
# A shorter one could be too small for a clock of floats to move.
_SHORTEST_SLEEP_S = 0.000_1
_US_PER_S = 1_000_000


def paced_chunks(
    stream: RecordStream,
    clock: Clock,
    *,
    first: int = 0,
    count: int | None = None,
    began_s: float | None = None,
    stop_requested: Callable[[], bool] = never,
) -> Iterator[OutgoingRecords]:
    """The records of a stream, none before its time: as long after the first as their nominal times are.

    Deadlines come from the monotonic clock, never from the sleep before, so the rate does not drift: when
    sending was held up, what has become due in between leaves at once.

    Args:
        stream: whose records, and when each of them is due.
        clock: gives the time and sleeps.
        first: the event to begin with, which is due at once.
        count: end after so many events.
        began_s: when the first was due, on the monotonic clock; by default now.
        stop_requested: asked at least five times a second; True ends the stream.
    """
    timeline = stream.timeline
    end = None if count is None else first + count
    usual_size = max(1, min(stream.chunk, floor(timeline.rate_per_s * _CHUNK_S)))
    began = Fraction(clock.monotonic_s() if began_s is None else began_s)
    # On the stream's own clock, that of the nominal times, which is where traffic has its shape.
    began_us = began * _US_PER_S - timeline.offset_us(first)
    sent = first
    while (end is None or sent < end) and not stop_requested():
        if (ready := stream.available(sent, stream.chunk)) is None:
            return
        size = usual_size if end is None else min(usual_size, end - sent)
        now_us = Fraction(clock.monotonic_s()) * _US_PER_S - began_us
        due = timeline.happened_within(now_us)
        due = due if end is None else min(end, due)
        if due - sent >= size or not ready:
            size = min(ready, due - sent)
            yield stream.records(sent, size)
            sent += size
        else:
            wait_s = float((timeline.offset_us(sent + size - 1) - now_us) / _US_PER_S)
            clock.sleep(max(_SHORTEST_SLEEP_S, min(_LONGEST_SLEEP_S, wait_s)))
