"""What was sent = what was acknowledged = what the topic holds = what landed or was rejected."""

from collections.abc import Collection, Mapping

import polars as pl

from clickstream.check.findings import Code, Finding
from clickstream.check.ledger.fault_accounts import accounts_of, fault_places, misplaced
from clickstream.check.ledger.ledgers import Ledgers, acknowledges
from clickstream.check.ledger.topic_content import TopicContent
from clickstream.check.ledger_verdict import LedgerVerdict
from clickstream.contract.definition.tables import PLACE
from clickstream.contract.records import OffsetRange

_SHOWN = 5

TopicRanges = Mapping[int, OffsetRange]
"""First offset and end offset of each partition, as the topic has them."""


def balance(
    ledgers: Ledgers,
    written: TopicRanges,
    records: pl.DataFrame,
    late_events: Mapping[str, pl.DataFrame],
    *,
    tables: tuple[str, str],
    committed: TopicRanges,
    skipped: Collection[tuple[int, int]],
    landed: int,
    rejected: int,
) -> tuple[LedgerVerdict, list[Finding]]:
    """Balance the ledgers of a topic, of which there is at least one.

    Args:
        ledgers: as they were before the topic was asked for its offsets.
        written: the topic's offsets up to the last record of any kind.
        records: what the job has committed, as the check decoded it: `PLACE`, and `reason`, null of events.
        late_events: `PLACE` of the events that the late filter of each table with windows dropped.
        tables: the names of the tables of events and of rejected messages.
        committed: the offsets that the job is past, by partition.
        skipped: partition and offset of those among them that it did not read, at a user's command.
        landed: rows of the first of `tables`, events.
        rejected: rows of the second, rejected messages.
    """
    sent = [ledger.sent for ledger in ledgers.ledgers]
    acknowledged = sum(one.acknowledged for one in sent)
    content = TopicContent(written, committed, records, skipped)
    in_topic = content.total
    without = max(0, in_topic - acknowledged)
    from_running = min(without, content.from_running(ledgers.ledgers, ledgers.running))
    places = fault_places(ledgers.ledgers)
    findings = _not_in_topic(ledgers, places, written)
    if landed + rejected != records.height:
        findings.append(_landed_unbalanced(records.height, landed, rejected, tables))
    # Only where every record of the topic is in a ledger must every rejected one be there with its fault, and
    # a file may have messages that are not events.
    generated = all(ledger.opening.file is None for ledger in ledgers.ledgers)
    whole = generated and ledgers.are_complete and without == 0 and not any(one.unplaced for one in sent)
    findings += misplaced(places, records, tables, whole=whole)
    verdict = LedgerVerdict(
        producers=len(ledgers.ledgers),
        closed=ledgers.closed,
        running=len(ledgers.running),
        produced=sum(one.produced for one in sent),
        acknowledged=acknowledged,
        failed=sum(one.failed for one in sent),
        in_topic=in_topic,
        from_running=from_running,
        from_others=without - from_running,
        committed=records.height,
        landed=landed,
        rejected=rejected,
        faults=accounts_of(ledgers.ledgers, places, records, late_events),
    )
    return verdict, findings


def _not_in_topic(ledgers: Ledgers, places: pl.DataFrame, ranges: TopicRanges) -> list[Finding]:
    """Partitions whose end in the topic is before the last acknowledged record.

    A topic whose first records were deleted, as retention does, has lost records that are in the ledgers;
    its end offsets tell how many there were.
    """
    acknowledged: dict[int, int] = {}
    last: dict[int, int] = {}
    for ledger in filter(acknowledges, ledgers.ledgers):
        for partition, span in ledger.sent.partitions.items():
            acknowledged[partition] = acknowledged.get(partition, 0) + span.records
            last[partition] = max(last.get(partition, -1), span.last)
    furthest = places.group_by("kafka_partition").agg(pl.col("kafka_offset").max()).rows()
    for partition, offset in furthest:
        acknowledged.setdefault(partition, 1)
        last[partition] = max(last.get(partition, -1), offset)
    ends = {partition: end for partition, (_, end) in ranges.items()}
    wrong = [
        f"partition {partition}: {count:,} acknowledged, the last at offset {last[partition]:,}; the topic "
        f"ends before offset {ends.get(partition, 0):,}"
        for partition, count in sorted(acknowledged.items())
        if max(count, last[partition] + 1) > ends.get(partition, 0)
    ]
    if not wrong:
        return []
    return [
        Finding(
            Code.SENT_NOT_IN_TOPIC,
            f"Records that the broker acknowledged are not in the topic: {wrong[0]}.",
            details=tuple(wrong[:_SHOWN]),
        )
    ]


def _landed_unbalanced(records: int, landed: int, rejected: int, tables: tuple[str, str]) -> Finding:
    return Finding(
        Code.LANDED_UNBALANCED,
        f"{landed:,} rows in {tables[0]} and {rejected:,} in {tables[1]} are {landed + rejected:,}; "
        f"the job has read {records:,} records.",
    )


def committed_records(events: pl.DataFrame, rejected: pl.DataFrame) -> pl.DataFrame:
    """`PLACE` and `reason` of events and rejected messages."""
    none = pl.lit(None, pl.String).alias("reason")
    return pl.concat([events.select(*PLACE, none), rejected.select(*PLACE, "reason")])
