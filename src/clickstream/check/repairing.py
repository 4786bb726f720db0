"""Damage in, plan out: what can be landed anew from the topic, and what is lost; nothing is written here."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from clickstream.check.damage import recorded
from clickstream.check.findings import Severity
from clickstream.check.leftovers import unrecorded_files
from clickstream.check.lost_records import LostRecords, query_id_of
from clickstream.check.query_repair import QueryRepair
from clickstream.check.repair_plan import Loss, Remedy, Removal, RepairPlan
from clickstream.check.run import Run, read_run
from clickstream.check.spark_log import read_spark_log
from clickstream.check.topic import ReadTopic, in_topic_order, read_and_decode
from clickstream.check.verifying import expected_tables
from clickstream.contract.layout import LANDED_NAME, Layout
from clickstream.contract.records import OffsetRange
from clickstream.contract.tables import QUERIES

Ranges = Mapping[int, OffsetRange]


def plan_repair(
    layout: Layout, read_topic: ReadTopic, ask_ranges: Callable[[], Ranges], *, gone: str = ""
) -> RepairPlan:
    """Find all that is damaged, and compute the rows that belong there.

    Only batches of which a file or the record is missing or not as it landed are landed anew, and only
    where the topic agrees with all sound batches of their query: else it is not the topic they were read
    from, or the job landed something else, and neither is mended by more of the same.

    Args:
        layout: the run's paths.
        read_topic: reads the records of each partition's `[start, end)`.
        ask_ranges: the offsets that the topic has, by partition; none where it is gone.
        gone: why the topic has none of what was read, as the end of a sentence; empty where it may have.

    Raises:
        CouldNotCheck: no run has landed here, or nothing of some query.
    """
    run = read_run(layout)
    logs = {name: read_spark_log(layout.query_checkpoint(name), name)[0] for name in QUERIES}
    known = {name: recorded(layout, name, run.terms, logs[name]) for name in QUERIES}
    run = replace(run, queries={name: each.query for name, each in known.items()})
    ranges = ask_ranges()
    spans = {
        partition: (max(start, ranges[partition][0]), min(end, ranges[partition][1]))
        for partition, (start, end) in run.spans().items()
        if partition in ranges
    }
    spans = {partition: span for partition, span in spans.items() if span[0] < span[1]}
    decoded = in_topic_order(read_and_decode(read_topic, spans, run.terms.future_tolerance_ms))
    remedies: list[Remedy] = []
    losses: list[Loss] = []
    removals: list[Removal] = []
    disagreeing: dict[str, int] = {}
    for name in QUERIES:
        committed, expected = expected_tables(name, run, decoded)
        query = run.queries[name]
        lost = LostRecords(
            query,
            logs[name],
            timeline=committed.timeline,
            terms=run.terms,
            query_id=query_id_of(layout, query),
            ranges=ranges,
        )
        repair = QueryRepair(layout, known[name], logs[name], lost, expected, ranges, gone)
        mended, gone_for_good = repair.plan()
        remedies += mended
        losses += gone_for_good
        removals += repair.removals(gone_for_good)
        disagreeing |= repair.disagreeing
    left = () if losses else tuple(_leftovers(layout, run, remedies))
    return RepairPlan(run.terms, tuple(remedies), tuple(losses), tuple(removals), disagreeing, left, gone)


def _leftovers(layout: Layout, run: Run, remedies: list[Remedy]) -> Iterator[str]:
    """Files that no record names under the names of landed batches, those being repaired left out."""
    records = [record for query in run.queries.values() for record in query.records.values()]
    named = {file.path for record in records for file in record.files()}
    last_batch = {name: len(query.batches) - 1 for name, query in run.queries.items()}
    mended = {(remedy.query, record.batch_id) for remedy in remedies for record in remedy.records}
    for finding in unrecorded_files(layout.output, run.listing, records, last_batch):
        if finding.file is None or finding.file in named or finding.severity is Severity.WARNING:
            continue
        is_ours = LANDED_NAME.fullmatch(finding.file.rsplit("/", 1)[-1])
        if is_ours and (finding.query, finding.batch_id) not in mended:
            yield finding.file
