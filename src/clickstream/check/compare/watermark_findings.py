"""Whether every batch ran with the watermark that the events before it give (rule 2)."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from clickstream.check.decode.event_ts import unreadable
from clickstream.check.expected.committed import CommittedEvents
from clickstream.check.findings import Code, Finding, Severity
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.terms import RunTerms
from clickstream.moment import written_ms

_US_PER_MS = 1_000
_US_PER_S = 1_000_000
_SHOWN = 5


def far_ahead_ms(terms: RunTerms) -> int:
    """How far ahead of its Kafka timestamp an event that moves the watermark must lie to be worth a warning.

    The watermark delay and the shortest of windows and gap: beyond it, the watermark passes the end of the
    windows that are just beginning, and all that comes on time is late for them.
    """
    return terms.watermark_delay_ms + min(terms.windows_ms.values())


def watermark_findings(
    query: str, records: Mapping[int, BatchRecord], committed: CommittedEvents
) -> list[Finding]:
    """Compare both watermarks of every usable record of a query with the recomputed ones."""
    recorded = {
        batch: (record.watermark_ms, record.previous_watermark_ms) for batch, record in records.items()
    }
    watermarks_ms = (committed.timeline.watermarks_us // _US_PER_MS).tolist()
    previous_ms = (committed.timeline.previous_us // _US_PER_MS).tolist()
    wrong = [
        f"batch {batch}: {what} {written_ms(recorded_ms)}, by the events {written_ms(right_ms)}"
        for batch, pair in sorted(recorded.items())
        for what, recorded_ms, right_ms in zip(
            ("watermark", "previous watermark"), pair, (watermarks_ms[batch], previous_ms[batch]), strict=True
        )
        if recorded_ms != right_ms
    ]
    if not wrong:
        return []
    first = int(wrong[0].removeprefix("batch ").split(":")[0])
    return [
        Finding(
            Code.WATERMARK_WRONG,
            f"Records of {query} have wrong watermarks, first {wrong[0]}.",
            query=query,
            batch_id=first,
            details=tuple(wrong[:_SHOWN]),
        )
    ]


def watermark_ahead(committed: CommittedEvents, terms: RunTerms) -> list[Finding]:
    """A warning if an event far ahead of its Kafka timestamp moved the watermark.

    None if FUTURE_TOLERANCE is set: then the user has decided how far ahead events may be.
    """
    if terms.future_tolerance_ms:
        return []
    limit_us = far_ahead_ms(terms) * _US_PER_MS
    events = committed.events.select(
        "kafka_partition",
        "kafka_offset",
        us=pl.Series(committed.event_ts_us),
        ahead_us=pl.Series(committed.event_ts_us) - pl.col("kafka_timestamp").cast(pl.Int64),
        batch=pl.Series(committed.batch_ids),
    )
    newest = events.filter(pl.col("us") == pl.col("us").max().over("batch")).sort("batch")
    seen_before = newest["us"].cum_max().shift(1, fill_value=np.iinfo(np.int64).min)
    ahead = newest.filter((newest["us"] > seen_before) & (newest["ahead_us"] > limit_us))
    if ahead.is_empty():
        return []
    first = ahead.row(0, named=True)
    return [
        Finding(
            Code.WATERMARK_AHEAD,
            f"The event at partition {first['kafka_partition']}, offset {first['kafka_offset']:,} is "
            f"{first['ahead_us'] / _US_PER_S:,.0f} s ahead of its Kafka timestamp and moved the watermark: "
            f"events on time are late until the clock has reached its time{_others(ahead.height - 1)}.",
            Severity.WARNING,
            batch_id=first["batch"],
        )
    ]


def _others(count: int) -> str:
    return f"; so did {count:,} more after it" if count else ""


def times_unreadable(events: pl.DataFrame, time_field: str) -> list[Finding]:
    """A warning if event times are not in the form that counts.

    Args:
        events: decoded events; those whose `event_ts` is their Kafka timestamp are looked at.
        time_field: the column with the times as they were written.
    """
    # One after the other: as one condition, the pattern would be looked for in every event's time.
    texts = events.lazy().filter(pl.col("event_ts") == pl.col("kafka_timestamp")).select(time_field).collect()
    found = texts.filter(unreadable(pl.col(time_field)))[time_field]
    count = found.len()
    if not count:
        return []
    example = found[0]
    event, has = ("event", "has") if count == 1 else ("events", "have")
    return [
        Finding(
            Code.TIMES_UNREADABLE,
            f"{count:,} {event} {has} no ISO-8601 time in {time_field}, but text such as {example!r}: their "
            "Kafka timestamp counts instead.",
            Severity.WARNING,
        )
    ]
