"""Ranges of the topic, exactly."""

import pytest

from clickstream.broker.producing import RecordProducer
from clickstream.broker.reading import CHUNK_RECORDS, read_ranges
from clickstream.contract.records import OutgoingRecords
from clickstream.errors import BrokerUnavailable, CouldNotCheck, TopicNotFound
from clickstream.settings import BrokerSettings


@pytest.fixture(scope="module")
def filled(mock_cluster):
    """A topic with 25,000 records in partition 0, 30 in partition 1 and none in the others."""
    settings = BrokerSettings.model_construct(bootstrap_servers=mock_cluster, topic="filled")
    producer = RecordProducer(settings)
    for partition, count in ((0, 25_000), (1, 30)):
        values = [b"%d-%d" % (partition, index) for index in range(count)]
        producer.send(OutgoingRecords(values, [None] * count, [partition] * count, [1] * count))
    assert producer.finish(30).acknowledged == 25_030
    return settings


def values(settings, ranges):
    found = {}
    for chunk in read_ranges(settings, ranges, deadline_s=20):
        assert 0 < len(chunk) <= CHUNK_RECORDS
        for partition, offset, value in zip(chunk.partitions, chunk.offsets, chunk.values, strict=True):
            found.setdefault(partition, []).append((offset, value))
    return found


@pytest.mark.parametrize(
    "ranges",
    [
        {0: (0, 25_000), 1: (0, 30)},
        {0: (0, 5), 1: (0, 5)},
        {0: (7, 8)},
        {0: (24_999, 25_000), 1: (1, 2)},
        {0: (9_999, 10_001), 1: (0, 0), 2: (0, 0)},
        {1: (2, 3), 0: (0, 12_345)},
    ],
)
def test_exactly_the_records_of_the_ranges_come_in_offset_order(filled, ranges):
    assert values(filled, ranges) == {
        partition: [(offset, b"%d-%d" % (partition, offset)) for offset in range(*span)]
        for partition, span in ranges.items()
        if span[0] < span[1]
    }


def test_nothing_asked_for_needs_no_broker(broker_settings):
    assert list(read_ranges(broker_settings(bootstrap_servers=""), {0: (5, 5)})) == []


def test_offsets_that_the_topic_does_not_have_are_named(filled):
    with pytest.raises(CouldNotCheck, match=r"Offsets 0 to 30 of filled:1 .* has 0 to 29"):
        list(read_ranges(filled, {0: (0, 10), 1: (0, 31)}, deadline_s=20))
    with pytest.raises(CouldNotCheck, match=r"filled:2 .* has none"):
        list(read_ranges(filled, {2: (0, 1)}, deadline_s=20))


def test_a_partition_that_is_not_there_is_named(filled):
    with pytest.raises(TopicNotFound, match="filled"):
        list(read_ranges(filled, {77: (0, 1)}, deadline_s=20))


def test_a_broker_that_is_away_is_named_with_its_address(broker_settings):
    settings = broker_settings(bootstrap_servers="127.0.0.1:1")
    with pytest.raises(BrokerUnavailable, match=r"127\.0\.0\.1:1 did not answer while reading"):
        list(read_ranges(settings, {0: (0, 1)}, deadline_s=0.5))
