"""The records that a run skips: left out of what is expected, compared with the topic, and reported."""

from collections.abc import Iterator, Mapping

from clickstream.check.decode.topic import ReadTopic
from clickstream.check.findings import Code, Finding, Severity
from clickstream.check.history.batches import Batches
from clickstream.contract.records import OffsetRange, TopicRecords
from clickstream.contract.run.skipped import SkippedRecord, SkippedRecords, is_unreadable

_SHOWN = 20


class SkippingReader:
    """Reads the topic without the skipped records that Spark cannot read, and finds those that it can.

    Args:
        read_topic: reads all records of the asked offsets.
        skipped: the records that the run skips.
    """

    def __init__(self, read_topic: ReadTopic, skipped: SkippedRecords) -> None:
        self._read_topic = read_topic
        self._places = {(record.partition, record.offset) for record in skipped}
        self.readable: list[SkippedRecord] = []
        """Listed as skipped, though Spark can read them; with the Kafka timestamp that the topic has."""

    def __call__(self, spans: Mapping[int, OffsetRange]) -> Iterator[TopicRecords]:
        """The records of each partition's `[start, end)`."""
        for records in self._read_topic(spans):
            yield self._without_unreadable(records) if self._places else records

    def _without_unreadable(self, records: TopicRecords) -> TopicRecords:
        kept = []
        for place in zip(records.partitions, records.offsets, records.timestamps_ms, strict=True):
            listed = place[:2] in self._places
            if listed and not is_unreadable(place[2]):
                self.readable.append(SkippedRecord(*place))
            kept.append(not listed or not is_unreadable(place[2]))
        return records.where(kept)


def passed_over(skipped: SkippedRecords, batches: Batches) -> tuple[SkippedRecord, ...]:
    """The skipped records that a query is past; the others it has not reached yet."""
    return tuple(
        record
        for record in skipped
        if record.offset < batches.committed.get(record.partition, (0, 0))[1]
        and not any(
            start <= record.offset < end
            for offsets in batches.offsets
            for start, end in [offsets.get(record.partition, (0, 0))]
        )
    )


def skip_findings(passed: tuple[SkippedRecord, ...], readable: list[SkippedRecord]) -> list[Finding]:
    """A warning that names the skipped records, and a failure where one of them could have been read."""
    findings = []
    if readable:
        findings.append(
            Finding(
                Code.SKIPPED_READABLE,
                f"The run skips {in_words(readable)}, which can be read: rows are missing because of it.",
                details=_lines(readable),
            )
        )
    if passed:
        findings.append(
            Finding(
                Code.RECORDS_SKIPPED,
                f"The run skipped {in_words(passed)} at a user's command: not readable by Spark, and in no "
                "table.",
                Severity.WARNING,
                details=_lines(passed),
            )
        )
    return findings


def in_words(records: tuple[SkippedRecord, ...] | list[SkippedRecord]) -> str:
    """How many records, and where the first ones are: `2 records (0:8, 1:5)`."""
    shown = ", ".join(map(str, records[:3])) + (", …" if len(records) > 3 else "")
    return f"{len(records):,} record{'' if len(records) == 1 else 's'} ({shown})"


def _lines(records: tuple[SkippedRecord, ...] | list[SkippedRecord]) -> tuple[str, ...]:
    more = (f"… and {len(records) - _SHOWN:,} more",) if len(records) > _SHOWN else ()
    return (
        *(
            f"partition {record.partition}, offset {record.offset}: Kafka timestamp {record.timestamp_ms} ms"
            for record in records[:_SHOWN]
        ),
        *more,
    )
