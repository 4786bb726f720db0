"""A record that Spark cannot read: named when the job ends at it, and skipped if the run lists it."""

from collections.abc import Callable, Sequence
from itertools import groupby

from clickstream.broker.reading import unreadable_records
from clickstream.clock import Clock
from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.skipped import LARGEST_TIMESTAMP_MS, SkippedRecord, read_skipped
from clickstream.errors import ClickstreamError, PartDied, RecordUnreadable
from clickstream.settings import BrokerSettings
from clickstream.sinks.start.skipping import skip_in_checkpoints, unfinished_ranges

_OVERFLOW = "overflow"
"""What Java says where a timestamp does not fit: `long overflow`, an ArithmeticException."""


def past_skipped_records(
    run: Callable[[], None],
    layout: Layout,
    broker: BrokerSettings,
    *,
    clock: Clock,
    stop_requested: Callable[[], bool],
) -> None:
    """Run the queries, and run them again where they ended at a record that the run skips.

    Each time, the unfinished batches are cut around the skipped records first, so every run gets further.

    Raises:
        RecordUnreadable: a query ended at a record that Spark cannot read, and that the run does not skip.
        ClickstreamError: what else `run` raises.
    """
    skipped = read_skipped(layout)
    skip_in_checkpoints(layout, skipped)
    while True:
        try:
            return run()
        except PartDied as error:
            if _OVERFLOW not in " ".join((error.sentence, *error.details)):
                raise
            if stop_requested():
                raise
            if not skip_in_checkpoints(layout, skipped):
                raise _named(error, layout, broker, clock) from error


def _named(error: PartDied, layout: Layout, broker: BrokerSettings, clock: Clock) -> ClickstreamError:
    """The error that names the records which ended the queries; `error` itself if there are none."""
    ranges: dict[int, tuple[int, int]] = {}
    for query in QUERIES:
        for partition, (start, end) in unfinished_ranges(layout, query).items():
            first, last = ranges.get(partition, (start, end))
            ranges[partition] = (min(first, start), max(last, end))
    try:
        found = unreadable_records(broker, ranges, clock=clock)
    except ClickstreamError:  # the broker is away: what ended the query is all that is known
        return error
    if not found:
        return error
    unread, more = found[0], len(found) - 1
    others = f", and {more:,} more records like it" if more else ""
    return RecordUnreadable(
        f"The job cannot read the record at partition {unread.partition}, offset {unread.offset} of topic "
        f"{broker.topic}{others}: its Kafka timestamp is {unread.timestamp_ms} ms, and Spark reads at most "
        f"{LARGEST_TIMESTAMP_MS} ms. Its batch has not landed.",
        next_step=f"Correct the producer. To skip {'these records' if more else 'this record'}, run "
        f"`clickstream skip-record {places(found)}` and start the job again; `check` reports it.",
    )


def places(records: Sequence[SkippedRecord]) -> str:
    """The records as `skip-record` takes them, a range for each partition: `0:17 1:200-450`."""
    words = []
    for partition, group in groupby(records, key=lambda record: record.partition):
        offsets = [record.offset for record in group]
        words.append(f"{partition}:{offsets[0]}" + (f"-{offsets[-1]}" if len(offsets) > 1 else ""))
    return " ".join(words)
