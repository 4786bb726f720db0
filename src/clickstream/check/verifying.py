"""The check itself: topic, records, landed files and ledgers in, verdict out."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import polars as pl

from clickstream.check.compare.table_check import check_tables
from clickstream.check.compare.watermark_findings import times_unreadable, watermark_ahead, watermark_findings
from clickstream.check.decode.chunk import Decoded
from clickstream.check.decode.topic import ReadTopic, in_topic_order, read_and_decode
from clickstream.check.expected.committed import CommittedEvents
from clickstream.check.expected.one_batch import OneBatch
from clickstream.check.expected.tables import expected_tables
from clickstream.check.findings import Finding, QueryVerdict, TableVerdict, Verdict, causes_first
from clickstream.check.history.compacted_topic import refuse_compacted_records
from clickstream.check.history.run import Run, read_run
from clickstream.check.history.skips import SkippingReader, passed_over, skip_findings
from clickstream.check.history.topic_offsets import spans_in_topic
from clickstream.check.landed.unrecorded_files import unrecorded_files
from clickstream.check.ledger.balance import balance, committed_records
from clickstream.check.ledger.ledgers import StillRuns, read_ledgers
from clickstream.clock import Clock
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import AGGREGATES, EVENTS, QUERIES
from clickstream.contract.records import OffsetRange
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.layout import Layout
from clickstream.errors import CouldNotCheck


def verify(
    layout: Layout,
    pipeline: Pipeline,
    read_topic: ReadTopic,
    *,
    clock: Clock,
    ask_ranges: Callable[[], Mapping[int, OffsetRange]],
    ask_written: Callable[[], Mapping[int, OffsetRange]] | None = None,
    still_runs: StillRuns = lambda opening, ledger: False,
    compacting_policy: str = "",
    one_batch: OneBatch | None = None,
) -> Verdict:
    """Recompute every row of all tables from the topic's bytes, and compare all that landed.

    Args:
        layout: where the run keeps output and checkpoints.
        pipeline: what the run computes.
        read_topic: reads the records of each partition's `[start, end)`; called once, with the offsets
            that the queries have committed. Its own errors pass through.
        clock: measures the stages.
        ask_ranges: asks for the first offset of each partition, and the end that a reader of committed
            records has; called once, after records and ledgers have been read.
        ask_written: the same up to the last record of any kind, behind the beginning of an open transaction
            too; by default what `ask_ranges` gives.
        still_runs: whether the producer of a ledger is alive.
        compacting_policy: the topic's cleanup.policy if it contains compact.
        one_batch: computes the rows of tables without a polars half, which are not checked without it.

    Raises:
        CouldNotCheck: there is nothing to compare (no terms, no records, no rows), or the topic no longer
            holds what was read from it. Everything else that is wrong is a finding of the verdict.
    """
    stages = _Stages(clock)
    with stages.timed("read the batch records"):
        run = read_run(layout, pipeline)
        ledgers = read_ledgers(layout.sent_dir(), run.terms, still_runs)
    ranges = ask_ranges()
    written = ranges if ask_written is None else ask_written()
    spans, beyond = spans_in_topic(run, ranges)
    with stages.timed("read and decode the topic"):
        reader = SkippingReader(read_topic, run.skipped)
        decoded = in_topic_order(
            read_and_decode(reader, spans, pipeline.event, run.terms.future_tolerance_ms)
        )
    raw_query = run.queries[EVENTS]
    if compacting_policy:
        refuse_compacted_records(decoded, layout.output, raw_query.records, compacting_policy)
    _refuse_nothing(decoded, raw_query.records)
    skipped = passed_over(run.skipped, raw_query.batches)
    findings = [*run.findings, *beyond, *ledgers.findings, *skip_findings(skipped, reader.readable)]
    late_events: dict[str, pl.DataFrame] = {}
    tables: dict[str, TableVerdict] = {}
    queries: list[QueryVerdict] = []
    for name in QUERIES:
        with stages.timed("compute the expected rows"):
            committed, expected = expected_tables(name, run, pipeline, decoded, one_batch)
        query = run.queries[name]
        findings += watermark_findings(name, query.records, committed)
        if name == AGGREGATES:
            findings += watermark_ahead(committed, run.terms)
        else:
            rejected = expected[pipeline.rejected_table.name].rows
            records = committed_records(committed.events, rejected)
            findings += times_unreadable(committed.events, pipeline.event.time_field)
        with stages.timed("compare the landed rows"):
            checked, found = check_tables(layout.output, query, pipeline.tables_of(name), expected)
        findings += found
        tables |= {table.table: table for table in checked}
        late_events |= {
            name: rows.late_events for name, rows in expected.items() if rows.late_events is not None
        }
        queries.append(_query_verdict(name, run, committed))
    with stages.timed("look for other files"):
        findings += _unrecorded(layout, run)
    account = None
    if ledgers.ledgers:
        with stages.timed("balance what was sent"):
            account, unbalanced = balance(
                ledgers,
                written,
                records,
                late_events,
                tables=(pipeline.event_table.name, pipeline.rejected_table.name),
                committed=raw_query.batches.committed,
                skipped=[(record.partition, record.offset) for record in skipped],
                landed=tables[pipeline.event_table.name].rows_landed,
                rejected=tables[pipeline.rejected_table.name].rows_landed,
            )
        findings += unbalanced
    return Verdict(
        tables=tuple(tables[table.name] for table in pipeline.tables),
        queries=tuple(queries),
        findings=causes_first(findings),
        events=records.height - rejected.height,
        rejected=rejected.height,
        reasons=_counted(rejected["reason"]),
        gaps=max(0, raw_query.batches.offsets_read - records.height),
        seconds_by_stage=stages.seconds,
        ledger=account,
        skipped=skipped,
    )


def _refuse_nothing(decoded: Decoded, records: Mapping[int, BatchRecord]) -> None:
    landed = any(table.rows for record in records.values() for table in record.tables.values())
    if not landed and decoded.events.is_empty() and decoded.rejected.is_empty():
        raise CouldNotCheck(
            "The topic holds no record in the committed offsets, and no row has landed: nothing to compare.",
            next_step="Produce events (clickstream produce), let the job read them, then check again.",
        )


def _counted(reasons: pl.Series) -> dict[str, int]:
    counts = reasons.value_counts().sort("count", "reason", descending=[True, False])
    return dict(counts.rows())


def _query_verdict(name: str, run: Run, committed: CommittedEvents) -> QueryVerdict:
    query = run.queries[name]
    watermarks_us = committed.timeline.watermarks_us
    return QueryVerdict(
        query=name,
        batches=len(query.batches),
        batches_with_offsets=query.batches.with_offsets,
        offsets=query.batches.offsets_read,
        watermark_ms=int(watermarks_us[-1]) // 1_000 if len(watermarks_us) else 0,
        batches_cross_checked=query.cross_checked,
    )


def _unrecorded(layout: Layout, run: Run) -> list[Finding]:
    records = [record for query in run.queries.values() for record in query.records.values()]
    last_batch = {name: len(query.batches) - 1 for name, query in run.queries.items()}
    return unrecorded_files(layout.output, run.listing, records, last_batch)


class _Stages:
    """How long each stage took, summed where it came more than once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.seconds: dict[str, float] = {}

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        begun_s = self._clock.monotonic_s()
        yield
        self.seconds[stage] = self.seconds.get(stage, 0.0) + self._clock.monotonic_s() - begun_s
