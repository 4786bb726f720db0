"""Live sending: no record before its time, at the rate asked for, without a sleep per event."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import ceil, floor

from clickstream.clock import Clock
from clickstream.contract.records import OutgoingRecords
from clickstream.generate.events import MAX_CHUNK, EventStream, never

# Twenty chunks a second: smooth enough to look live, few enough to cost nothing at 50,000 records/s.
_CHUNK_S = Fraction(1, 20)
# The longest sleep, so that a slow stream still hears at once that it shall stop.
_LONGEST_SLEEP_S = 0.2
# A shorter one could be too small for a clock of floats to move.
_SHORTEST_SLEEP_S = 0.000_1


def paced_chunks(
    stream: EventStream,
    clock: Clock,
    *,
    count: int | None = None,
    duration_s: float | None = None,
    stop_requested: Callable[[], bool] = never,
) -> Iterator[OutgoingRecords]:
    """The records of a stream, none before its time: record i is due i / rate after the first.

    Deadlines come from the monotonic clock, never from the sleep before, so the rate does not drift: when
    sending was held up, what has become due in between leaves at once.

    Args:
        stream: whose records, and at what rate.
        clock: tells the time and sleeps.
        count: end after so many records.
        duration_s: end after the records that are due within so many seconds.
        stop_requested: asked at least five times a second; True ends the stream.
    """
    rate = stream.rate_per_s
    within = None if duration_s is None else ceil(Fraction(repr(duration_s)) * rate)
    end = min((bound for bound in (count, within) if bound is not None), default=None)
    usual_size = max(1, min(MAX_CHUNK, floor(rate * _CHUNK_S)))
    started_s, sent = Fraction(clock.monotonic_s()), 0
    while (end is None or sent < end) and not stop_requested():
        size = usual_size if end is None else min(usual_size, end - sent)
        elapsed_s = Fraction(clock.monotonic_s()) - started_s
        due = floor(elapsed_s * rate) + 1 if end is None else min(end, floor(elapsed_s * rate) + 1)
        if due - sent >= size:
            size = min(MAX_CHUNK, due - sent)
            yield stream.records(sent, size)
            sent += size
        else:
            last_due_s = (sent + size - 1) / rate
            clock.sleep(max(_SHORTEST_SLEEP_S, min(_LONGEST_SLEEP_S, float(last_due_s - elapsed_s))))
