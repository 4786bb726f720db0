"""What a topic holds by partition: the records that the job has read, and the offsets that it has not."""

from collections.abc import Collection, Iterable, Mapping

import polars as pl

from clickstream.contract.ledger import SentLedger
from clickstream.contract.records import OffsetRange

Ranges = Mapping[int, OffsetRange]


class TopicContent:
    """Counts records where they were read, and offsets where they were not: only reading finds a gap.

    Args:
        written: the topic's first offset and the one after its last record of any kind, by partition.
        committed: the offsets that the job is past.
        records: the records that it read of them, with `kafka_partition` and `kafka_offset`.
        skipped: partition and offset of the records that it skipped.
    """

    def __init__(
        self,
        written: Ranges,
        committed: Ranges,
        records: pl.DataFrame,
        skipped: Collection[tuple[int, int]] = (),
    ) -> None:
        self._written = written
        self._committed = committed
        self._skipped = skipped
        self._offsets = {
            partition: rows["kafka_offset"]
            for (partition,), rows in records.group_by("kafka_partition")
            if isinstance(partition, int)
        }

    def count(self, partition: int, first: int = 0) -> int:
        """Records read and offsets not read of a partition, from an offset on."""
        read = self._offsets.get(partition)
        begin, end = self._written.get(partition, (0, 0))
        span = (max(begin, first), max(end, first))
        unread = _length(span) - _length(_overlap(span, self._committed.get(partition, (0, 0))))
        unread += sum(place == partition and offset >= first for place, offset in self._skipped)
        return unread + (0 if read is None else int((read >= first).sum()))

    @property
    def total(self) -> int:
        """The same of all partitions."""
        return sum(self.count(partition) for partition in self._written)

    def from_running(self, ledgers: Iterable[SentLedger], running: Iterable[SentLedger]) -> int:
        """How many that no ledger acknowledges can be of producers that still run.

        A producer writes its ledger every few seconds. What came since its last line is taken for its own.
        """
        acknowledged: dict[int, int] = {}
        for ledger in ledgers:
            for partition, span in ledger.sent.partitions.items():
                acknowledged[partition] = acknowledged.get(partition, 0) + span.records
        sending = list(running)
        return sum(
            min(
                max(0, self.count(partition) - acknowledged.get(partition, 0)),
                self.count(partition, min(_unlisted_from(ledger, partition) for ledger in sending)),
            )
            for partition in (self._written if sending else ())
        )


def _unlisted_from(ledger: SentLedger, partition: int) -> int:
    """The first offset of a partition that the producer may have written since its ledger's last line."""
    span = ledger.sent.partitions.get(partition)
    return span.last + 1 if span and span.last >= 0 else ledger.opening.topic_ends.get(partition, 0)


def _length(span: OffsetRange) -> int:
    return span[1] - span[0]


def _overlap(one: OffsetRange, other: OffsetRange) -> OffsetRange:
    first = max(one[0], other[0])
    return first, max(first, min(one[1], other[1]))
