"""How far each query has come: its newest batch, its lag and its rate; and the last check."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.query_log import UnreadableEntry, next_watermark_ms
from clickstream.contract.run.terms import RunTerms
from clickstream.contract.status import LandedBatch, LastCheck, QueryStatus
from clickstream.contract.topic import TopicStatus
from clickstream.operate.status.landed_so_far import LandedSoFar, NewestBatch
from clickstream.pipeline.verify.last_verdict import last_verdict


def query_statuses(
    layout: Layout,
    landed: LandedSoFar,
    terms: RunTerms | None,
    topic: TopicStatus | None,
    now: datetime,
) -> tuple[QueryStatus, ...]:
    """Each query that has landed a batch.

    Args:
        layout: the run's paths.
        landed: what has landed.
        terms: the run's terms, if they can be read.
        topic: the topic of the run, if it can be asked.
        now: the moment of the status.
    """
    return tuple(
        _query_status(layout, newest, terms, topic, landed.rates[query].per_s(now))
        for query, newest in landed.newest.items()
    )


def _query_status(
    layout: Layout,
    newest: NewestBatch,
    terms: RunTerms | None,
    topic: TopicStatus | None,
    processed_per_s: float | None,
) -> QueryStatus:
    record = newest.record
    committed = {partition: end for partition, (_, end) in sorted(record.offsets.items())}
    lag = None
    if topic is not None:
        # A partition that the query has not seen yet is read from its first record.
        lag = sum(
            max(0, end - max(begin, committed.get(partition, 0)))
            for partition, (begin, end) in topic.offsets.items()
        )
    return QueryStatus(
        query=record.query,
        batch_id=record.batch_id,
        landed_at=newest.landed_at,
        offsets_in=record.offsets_in,
        watermark_ms=record.watermark_ms,
        committed=committed,
        lag=lag,
        duration_s=newest.duration_s,
        processed_per_s=processed_per_s,
        newest_event_ms=None if terms is None else _newest_event_ms(layout, record, terms),
    )


def _newest_event_ms(layout: Layout, record: BatchRecord, terms: RunTerms) -> int | None:
    """The newest event time that a query has seen: Spark's next watermark is behind it by the delay."""
    watermark_ms = record.watermark_ms
    with suppress(UnreadableEntry):  # the batch is not committed yet, or no longer in Spark's log
        watermark_ms = max(
            watermark_ms, next_watermark_ms(layout.query_checkpoint(record.query), record.batch_id)
        )
    return watermark_ms + terms.watermark_delay_ms if watermark_ms > 0 else None


def landed_batch(added: NewestBatch) -> LandedBatch:
    """A batch as the status reports it."""
    record = added.record
    rows = {table: landed.rows for table, landed in record.tables.items()}
    return LandedBatch(
        record.query, record.batch_id, added.landed_at, record.offsets_in, added.duration_s, rows
    )


def last_check(layout: Layout, batches: Mapping[str, int]) -> LastCheck | None:
    """The last verdict on a run that has landed so many batches by query; None if it was never checked."""
    found = last_verdict(layout)
    if found is None:
        return None
    late = {table.table: table.late_events_dropped for table in found.verdict.tables}
    return LastCheck(
        passed=found.verdict.passed,
        checked_at=found.checked_at,
        batches_since=found.batches_since(dict(batches)),
        late={table: count for table, count in late.items() if count is not None},
        not_checked=len(found.verdict.not_checked),
    )
