"""The charts of a report, from the batches of a run and the last verdict."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate

import numpy as np

from clickstream.check.findings import Verdict
from clickstream.contract.definition.tables import AGGREGATES, EVENTS, Table
from clickstream.operate.run_report.history import Batch, RunHistory
from clickstream.report.run_report import TIME_UNIT, Chart, Series

ValueOf = Callable[[Batch], float | None]
_NO_BATCH = "No batch has landed yet."


def charts_of(history: RunHistory, verdict: Verdict | None, topic_ends: int | None) -> tuple[Chart, ...]:
    """What happened over time; `topic_ends` is the sum of the topic's end offsets, None if not known."""
    batches = history.batches
    return (
        Chart(
            "Records in each batch",
            "Offsets of the topic that a batch read. A batch of 0 records only writes complete windows.",
            "records",
            _series(batches, lambda batch: batch.offsets_in),
            _NO_BATCH,
        ),
        Chart(
            "Duration of a batch",
            "From when Spark planned the batch until its files had landed.",
            "seconds",
            _series(batches, lambda batch: batch.duration_s),
            "Not known: when Spark planned the batches, or when they landed.",
        ),
        Chart(
            "Lag",
            "Records that were in the topic and not read yet when a batch landed.",
            "records",
            tuple(_lag(batches, topic_ends)),
            _NO_BATCH,
        ),
        Chart(
            "Event time and watermark",
            "The newest event read so far, and the watermark, which stays WATERMARK_DELAY behind it. A window"
            " lands when the watermark has passed its end; after that, its events are late.",
            TIME_UNIT,
            _event_time(batches),
            "No event has landed yet.",
        ),
        Chart(
            "Late events dropped",
            "By the batch that read them, as the check counts them: every event whose window was complete.",
            "events",
            () if verdict is None else tuple(_late(batches[AGGREGATES], verdict)),
            "Not known before a check.",
        ),
    )


def landed_rows(history: RunHistory, table: Table) -> Chart:
    """How the rows of a table have grown."""
    batches = history.batches[table.query]
    # Older batches than those that are kept have landed the rest.
    before = history.tables[table.name].rows - sum(batch.rows[table.name] for batch in batches)
    totals = list(accumulate((batch.rows[table.name] for batch in batches), initial=before))[1:]
    points = tuple((batch.landed_at_s, float(total)) for batch, total in zip(batches, totals, strict=True))
    series = (Series("rows", points),) if points else ()
    return Chart(f"Rows of {table.name}", "", "rows", series, _NO_BATCH)


def _series(batches: Mapping[str, Sequence[Batch]], value_of: ValueOf) -> tuple[Series, ...]:
    found = (
        Series(
            query,
            tuple(
                (batch.landed_at_s, float(value))
                for batch in of_query
                if (value := value_of(batch)) is not None
            ),
        )
        for query, of_query in batches.items()
    )
    return tuple(series for series in found if series.points)


def _newest(
    batches: Sequence[Batch], moment_us: Callable[[Batch], int | None]
) -> tuple[list[int], list[int]]:
    """Of batches with such a moment: the end of what was read, and the newest moment by then."""
    known = [(batch.read_until, us) for batch in batches if (us := moment_us(batch)) is not None]
    return [read_until for read_until, _ in known], list(accumulate((us for _, us in known), max))


def _event_time(batches: Mapping[str, Sequence[Batch]]) -> tuple[Series, ...]:
    """The watermark of the query that has one, beside the newest event in what it had read by then."""
    read_until, newest_us = _newest(batches[EVENTS], lambda batch: batch.newest_event_us)
    newest = tuple(
        (batch.landed_at_s, float(newest_us[place - 1]))
        for batch in batches[AGGREGATES]
        if (place := bisect_right(read_until, batch.read_until))
    )
    watermark = tuple(
        (batch.landed_at_s, batch.watermark_ms * 1_000.0)
        for batch in batches[AGGREGATES]
        if batch.watermark_ms
    )
    series = (Series("newest event", newest), Series("watermark", watermark))
    return tuple(each for each in series if each.points)


def _lag(batches: Mapping[str, Sequence[Batch]], topic_ends: int | None) -> Iterator[Series]:
    """What was in the topic when a batch landed, minus what was read.

    How much was in the topic at a moment follows from the Kafka timestamps of the events that were read
    later. Between two batches it is taken to have grown evenly.
    """
    sizes, stamps_us = _newest(batches[EVENTS], lambda batch: batch.newest_kafka_us)
    in_the_end = max([0, topic_ends or 0, *(each[-1].read_until for each in batches.values() if each)])
    at_us, in_topic = [0, *stamps_us, max(stamps_us, default=0)], [0, *sizes, in_the_end]
    for query, of_query in batches.items():
        if of_query:
            landed_s = [batch.landed_at_s for batch in of_query]
            then = np.interp(np.array(landed_s) * 1e6, at_us, in_topic).round()
            lag = np.maximum(0, then - [batch.read_until for batch in of_query])
            yield Series(query, tuple(zip(landed_s, lag.tolist(), strict=True)))


def _late(batches: Sequence[Batch], verdict: Verdict) -> Iterator[Series]:
    checked = next((query.batches for query in verdict.queries if query.query == AGGREGATES), 0)
    for table in verdict.tables:
        counts = table.late_by_batch
        if counts is not None:
            points = (
                (batch.landed_at_s, float(counts.get(batch.batch_id, 0)))
                for batch in batches
                if batch.batch_id < checked
            )
            yield Series(table.table, tuple(points))
