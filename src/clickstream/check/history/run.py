"""What a run has recorded: its terms and the batches of its queries, before they are verified."""

from dataclasses import dataclass, field

from clickstream.check.findings import Code, Finding, Severity
from clickstream.check.history.batches import Batches, put_in_order
from clickstream.check.history.records import against_spark_log, read_records
from clickstream.check.history.spark_log import read_spark_log
from clickstream.check.landed.unrecorded_files import Listing, list_files
from clickstream.check.terms import terms_of
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.records import OffsetRange
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.run_file import UnusableTerms, read_checkpoint_terms
from clickstream.contract.run.skipped import SkippedRecords, read_skipped
from clickstream.contract.run.terms import RunTerms
from clickstream.errors import CouldNotCheck, OutputDamaged


@dataclass(frozen=True, slots=True)
class Query:
    """One query's batches, its usable records, and how many of them Spark's log could confirm."""

    batches: Batches
    records: dict[int, BatchRecord]
    cross_checked: int


@dataclass(frozen=True, slots=True)
class Run:
    """The terms of a run, its queries by name, its files, what is wrong so far, and the skipped records."""

    terms: RunTerms
    queries: dict[str, Query]
    listing: Listing
    findings: list[Finding]
    skipped: SkippedRecords = field(default_factory=SkippedRecords)

    def spans(self) -> dict[int, OffsetRange]:
        """The offsets of each partition that any query has committed."""
        spans: dict[int, OffsetRange] = {}
        for query in self.queries.values():
            for partition, (start, end) in query.batches.committed.items():
                first, last = spans.get(partition, (start, end))
                spans[partition] = (min(first, start), max(last, end))
        # A skipped record in front of the first batch is looked at, too.
        for record in self.skipped:
            if record.partition in spans and record.offset < spans[record.partition][0]:
                spans[record.partition] = (record.offset, spans[record.partition][1])
        return {partition: span for partition, span in sorted(spans.items()) if span[0] < span[1]}


def read_run(layout: Layout, pipeline: Pipeline) -> Run:
    """Read terms, records and Spark's log.

    Raises:
        CouldNotCheck: there are no terms, or no batches of some query, or terms that cannot be used.
    """
    terms = terms_of(layout, pipeline)
    findings = _checkpoint_terms(layout, pipeline, terms)
    skipped = _skipped(layout, findings)
    # Files before records and Spark's log before records, so that a job that runs at the same time
    # cannot look as if it had left files or lost records.
    listing = list_files(layout, pipeline.tables)
    queries: dict[str, Query] = {}
    for name in QUERIES:
        log, unreadable = read_spark_log(layout.query_checkpoint(name), name)
        records, unusable = read_records(layout, pipeline, name, terms)
        batches, gaps = put_in_order(name, records, log, skipped)
        cross_checked, differing = against_spark_log(records, log, name, skipped)
        findings += [*unreadable, *unusable, *gaps, *differing]
        queries[name] = Query(batches, records, cross_checked)
    _refuse_nothing(layout, queries, findings)
    return Run(terms, queries, listing, findings, skipped)


def _skipped(layout: Layout, findings: list[Finding]) -> SkippedRecords:
    try:
        return read_skipped(layout)
    except OutputDamaged as error:
        file = layout.skipped_path().relative_to(layout.output).as_posix()
        findings.append(Finding(Code.RECORD_INVALID, error.sentence, file=file))
        return SkippedRecords()


def _checkpoint_terms(layout: Layout, pipeline: Pipeline, terms: RunTerms) -> list[Finding]:
    path = layout.checkpoint_terms_path()
    try:
        beside_checkpoint = read_checkpoint_terms(layout, pipeline)
    except UnusableTerms as error:
        return [Finding(Code.TERMS_DIFFER, error.sentence)]
    if beside_checkpoint is None:
        # It may be elsewhere; the output is checked on its own, as far as that goes.
        return [
            Finding(
                Code.CHECKPOINT_MISSING,
                f"There is no checkpoint in {layout.checkpoint}, so it is unknown whether the newest"
                " batches are still there.",
                severity=Severity.WARNING,
            )
        ]
    if beside_checkpoint == terms:
        return []
    return [
        Finding(
            Code.TERMS_DIFFER,
            f"The terms in {path} are not those in {layout.output_terms_path()}.",
            details=(f"checkpoint: {beside_checkpoint}", f"output: {terms}"),
        )
    ]


def _refuse_nothing(layout: Layout, queries: dict[str, Query], findings: list[Finding]) -> None:
    without = [name for name, query in queries.items() if not len(query.batches)]
    damaged = {finding.query for finding in findings if finding.code is Code.RECORD_INVALID}
    if any(name not in damaged for name in without):
        raise CouldNotCheck(
            f"No batch of {', '.join(without)} has landed in {layout.output}: there is nothing to compare.",
            next_step="Let the job finish a batch of every query, then check again.",
        )
    if not any(query.batches.with_offsets for query in queries.values()):
        raise CouldNotCheck(
            f"The batches that landed in {layout.output} cover no record of the topic: there is nothing to "
            "compare.",
            next_step="Produce events (clickstream produce), let the job read them, then check again.",
        )
