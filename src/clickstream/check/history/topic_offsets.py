"""The offsets that batches name, compared with those that the topic has."""

from collections.abc import Iterator, Mapping

from clickstream.check.findings import Code, Finding
from clickstream.check.history.run import Query, Run
from clickstream.contract.records import OffsetRange
from clickstream.errors import CouldNotCheck

Ranges = Mapping[int, OffsetRange]


def spans_in_topic(run: Run, ranges: Ranges) -> tuple[dict[int, OffsetRange], list[Finding]]:
    """The offsets to read, and a finding for each batch that names some which the topic does not have.

    What one query names and the others do not confirm is wrong in its records: the topic is read without it.

    Raises:
        CouldNotCheck: all queries name offsets of a partition that the topic does not have: it lost them.
    """
    beyond = {
        name: {
            partition
            for partition, span in query.batches.committed.items()
            if _is_outside(span, ranges, partition)
        }
        for name, query in run.queries.items()
    }
    lost = set.intersection(*beyond.values())
    if lost:
        raise _lost_records(run, ranges, lost)
    findings = [
        finding
        for name, partitions in beyond.items()
        if partitions
        for finding in _named_wrongly(name, run.queries[name], ranges)
    ]
    spans = {
        partition: (max(start, ranges[partition][0]), min(end, ranges[partition][1]))
        for partition, (start, end) in run.spans().items()
        if partition in ranges
    }
    return {partition: span for partition, span in spans.items() if span[0] < span[1]}, findings


def _is_outside(span: OffsetRange, ranges: Ranges, partition: int) -> bool:
    first, end = ranges.get(partition, (0, 0))
    return span[0] < span[1] and not (first <= span[0] and span[1] <= end)


def _named_wrongly(name: str, query: Query, ranges: Ranges) -> Iterator[Finding]:
    for batch_id, offsets in enumerate(query.batches.offsets):
        wrong = [
            f"offsets {span[0]:,} to {span[1] - 1:,} of partition {partition}, {_has(ranges, partition)}"
            for partition, span in sorted(offsets.items())
            if _is_outside(span, ranges, partition)
        ]
        if wrong:
            recorded = batch_id in query.records
            whose = "The record" if recorded else "Spark's log entry"
            yield Finding(
                Code.RECORD_INVALID if recorded else Code.OFFSETS_NOT_SPARKS,
                f"{whose} of batch {batch_id} of {name} names {wrong[0]}.",
                query=name,
                batch_id=batch_id,
                details=tuple(wrong),
            )


def _has(ranges: Ranges, partition: int) -> str:
    if partition not in ranges:
        return "which the topic does not have"
    first, end = ranges[partition]
    return f"of which the topic has {f'{first:,} to {end - 1:,}' if first < end else 'none'}"


def _lost_records(run: Run, ranges: Ranges, lost: set[int]) -> CouldNotCheck:
    spans = run.spans()
    return CouldNotCheck(
        f"The topic {run.terms.topic} no longer holds what the job read from it: nothing to compare with.",
        next_step="The topic was deleted and created again, or its retention deleted records. The landed "
        "rows are still there. To continue, start a new run with another RUN_ID.",
        details=tuple(
            f"partition {partition}: read were offsets {start:,} to {end - 1:,}, {_has(ranges, partition)}"
            for partition, (start, end) in spans.items()
            if partition in lost
        ),
    )
