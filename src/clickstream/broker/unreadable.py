"""Records of the topic that Spark cannot read, found without Spark."""

from collections.abc import Mapping

from clickstream.broker.reading import read_ranges
from clickstream.clock import Clock
from clickstream.contract.records import OffsetRange
from clickstream.contract.skipped import SkippedRecord, is_unreadable
from clickstream.settings import BrokerSettings


def unreadable_records(
    settings: BrokerSettings, ranges: Mapping[int, OffsetRange], *, clock: Clock
) -> list[SkippedRecord]:
    """The records in the ranges whose Kafka timestamp Spark cannot hold, in the order of the topic.

    Raises:
        CouldNotCheck: offsets of a range are not in the topic.
        BrokerUnavailable: the broker does not answer.
    """
    return sorted(
        SkippedRecord(partition, offset, timestamp_ms)
        for records in read_ranges(settings, ranges, clock=clock)
        for partition, offset, timestamp_ms in zip(
            records.partitions, records.offsets, records.timestamps_ms, strict=True
        )
        if is_unreadable(timestamp_ms)
    )
