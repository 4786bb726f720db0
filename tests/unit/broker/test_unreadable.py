"""Records whose Kafka timestamp Spark cannot hold are found in the topic without Spark."""

from clickstream.broker.producing import RecordProducer
from clickstream.broker.reading import unreadable_records
from clickstream.clock import SystemClock
from clickstream.contract.records import OutgoingRecords
from clickstream.contract.run.skipped import LARGEST_TIMESTAMP_MS, SkippedRecord

NANOSECONDS = 1_767_225_640_000_000_000


def test_exactly_the_unreadable_records_of_the_ranges_are_found_with_their_timestamps(broker_settings):
    settings = broker_settings()
    timestamps_ms = [1, NANOSECONDS, LARGEST_TIMESTAMP_MS, LARGEST_TIMESTAMP_MS + 1, NANOSECONDS]
    producer = RecordProducer(settings)
    for partition in (0, 1):
        producer.send(OutgoingRecords([b"x"] * 5, [None] * 5, [partition] * 5, timestamps_ms))
    producer.finish(30)
    assert unreadable_records(settings, {0: (0, 4), 1: (1, 2)}, clock=SystemClock()) == [
        SkippedRecord(0, 1, NANOSECONDS),
        SkippedRecord(0, 3, LARGEST_TIMESTAMP_MS + 1),
        SkippedRecord(1, 1, NANOSECONDS),
    ]
