"""Records through a real Kafka: produced as the generator says, read back to the last one."""

import uuid

import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from clickstream.broker.probe import PROBE_TOPIC, probe
from clickstream.broker.producing import RecordProducer
from clickstream.broker.reading import read_ranges
from clickstream.broker.topics import describe_topic, ensure_topic, offset_ranges, open_transactions
from clickstream.clicks import CLICKS
from clickstream.contract.records import OutgoingRecords
from clickstream.errors import BrokerUnavailable, CouldNotCheck
from clickstream.generate.events import EventStream
from clickstream.generate.record_stream import chunks
from clickstream.settings import BrokerSettings, GeneratorSettings

Y2020_US = 1_577_836_800_000_000


@pytest.fixture
def settings(bootstrap_servers):
    """A topic of its own for each test, made as the kit makes it: old and future records stay."""
    topic = f"test-{uuid.uuid4().hex[:12]}"
    settings = BrokerSettings.model_construct(bootstrap_servers=bootstrap_servers, topic=topic)
    ensure_topic(settings)
    return settings


def delete_records(settings, before):
    place = TopicPartition(settings.topic, 0, before)
    admin = AdminClient({"bootstrap.servers": settings.bootstrap_servers})
    admin.delete_records([place])[place].result()


def rows(settings, ranges):
    """(partition, offset) → (timestamp_ms, value) of everything in the ranges."""
    found = {}
    for chunk in read_ranges(settings, ranges):
        places = zip(chunk.partitions, chunk.offsets, strict=True)
        found.update(zip(places, zip(chunk.timestamps_ms, chunk.values, strict=True), strict=True))
    return found


def test_the_generators_records_are_the_topics_records(settings):
    # Six years old, with late, broken, empty and null ones: what the broker keeps is what was made.
    stream = EventStream(CLICKS, GeneratorSettings(MALFORMED_RATE=0.1, LATE_RATE=0.1), 3, Y2020_US)
    producer, expected = RecordProducer(settings), {}
    ends = dict.fromkeys(range(3), 0)
    for records in chunks(stream, 12_000):
        producer.send(records)
        for partition, timestamp_ms, value in zip(
            records.partitions, records.timestamps_ms, records.values, strict=True
        ):
            expected[partition, ends[partition]] = (timestamp_ms, value)
            ends[partition] += 1
    counts = producer.finish(60)
    assert (counts.produced, counts.acknowledged, counts.failed) == (12_000, 12_000, 0)
    assert offset_ranges(settings) == {partition: (0, end) for partition, end in ends.items()}
    assert rows(settings, offset_ranges(settings)) == expected


def test_records_far_in_the_future_are_taken(settings):
    producer = RecordProducer(settings)
    producer.send(OutgoingRecords([b"{}"], [None], [0], [4_102_444_800_000]))
    assert producer.finish(30).failed == 0


def test_a_time_beyond_what_spark_can_count_is_refused_by_the_broker(settings):
    # Nanoseconds where milliseconds belong: one such record would end every query, at every start.
    producer = RecordProducer(settings)
    producer.send(OutgoingRecords([b"{}"], [None], [0], [1_767_225_600_000_000_000]))
    assert producer.finish(30).failed == 1
    assert offset_ranges(settings)[0] == (0, 0)


def test_a_record_that_is_too_large_is_failed(settings):
    producer = RecordProducer(settings)
    producer.send(OutgoingRecords([bytes(10)], [None], [0], [1]))
    producer.send(OutgoingRecords([bytes(1_100_000)], [None], [0], [1]))
    counts = producer.finish(30)
    assert (counts.produced, counts.acknowledged, counts.failed) == (2, 1, 1)
    assert producer.first_error


@pytest.mark.parametrize("ends_with", ["commit", "abort"])
def test_reading_ends_where_the_last_offsets_hold_no_record(bootstrap_servers, settings, ends_with):
    # A transaction's end takes an offset of its own that never comes as a message.
    transactional = Producer({"bootstrap.servers": bootstrap_servers, "transactional.id": settings.topic})
    transactional.init_transactions(30)
    for outcome in ("commit", ends_with):
        transactional.begin_transaction()
        transactional.produce(settings.topic, outcome.encode(), partition=0, timestamp=1)
        transactional.flush(30)
        getattr(transactional, f"{outcome}_transaction")(30)
    assert offset_ranges(settings)[0] == (0, 4)
    # Aborted records are not read, as in the job's source.
    committed = {(0, 2): (1, b"commit")} if ends_with == "commit" else {}
    assert rows(settings, {0: (0, 4)}) == {(0, 0): (1, b"commit"), **committed}
    assert rows(settings, {0: (1, 2)}) == {}
    assert rows(settings, {0: (0, 2), 1: (0, 0)}) == {(0, 0): (1, b"commit")}


def test_offsets_of_an_open_transaction_can_be_read_after_its_end(bootstrap_servers, settings):
    produce(settings, 2)
    transactional = Producer({"bootstrap.servers": bootstrap_servers, "transactional.id": settings.topic})
    transactional.init_transactions(30)
    transactional.begin_transaction()
    transactional.produce(settings.topic, b"open", partition=0, timestamp=1)
    transactional.flush(30)
    produce(settings, 3)
    assert offset_ranges(settings)[0] == (0, 2)
    assert offset_ranges(settings, uncommitted=True)[0] == (0, 6)
    ranges, waiting = open_transactions(settings)
    assert (ranges[0], waiting) == ((0, 2), {0: (2, 6)})
    with pytest.raises(CouldNotCheck, match="has 0 to 1"):
        rows(settings, {0: (0, 6)})
    transactional.abort_transaction(30)
    assert (open_transactions(settings)[0][0], open_transactions(settings)[1]) == ((0, 7), {})
    assert sorted(rows(settings, {0: (0, 7)})) == [(0, 0), (0, 1), (0, 3), (0, 4), (0, 5)]


def produce(settings, count):
    producer = RecordProducer(settings)
    producer.send(OutgoingRecords([b"{}"] * count, [None] * count, [0] * count, [1] * count))
    assert producer.finish(30).acknowledged == count


def test_deleted_offsets_are_named(settings):
    produce(settings, 10)
    delete_records(settings, 4)
    with pytest.raises(CouldNotCheck, match=r"Offsets 0 to 9 of .*:0 .* has 4 to 9"):
        rows(settings, {0: (0, 10)})
    assert len(rows(settings, {0: (4, 10)})) == 6


def test_offsets_deleted_while_reading_are_no_end(settings):
    for _ in range(4):
        produce(settings, 120_000)
    reading = read_ranges(settings, {0: (0, 480_000)})
    next(reading)
    delete_records(settings, 480_000)
    with pytest.raises(CouldNotCheck, match="no longer there"):
        list(reading)


def test_reading_leaves_no_group_behind(bootstrap_servers, settings):
    produce(settings, 3)
    assert len(rows(settings, {0: (0, 3)})) == 3
    admin = AdminClient({"bootstrap.servers": bootstrap_servers})
    groups = admin.list_consumer_groups().result()
    assert [group.group_id for group in groups.valid if "clickstream" in group.group_id] == []


def test_the_probe_gets_its_record_back_again_and_again(bootstrap_servers):
    for _ in range(3):
        probe(bootstrap_servers)
    settings = BrokerSettings.model_construct(bootstrap_servers=bootstrap_servers, topic=PROBE_TOPIC)
    assert describe_topic(settings).partitions == 1
    assert offset_ranges(settings)[0][1] >= 3


def test_the_probe_of_nobody_gives_up_soon_and_names_the_address():
    with pytest.raises(BrokerUnavailable, match=r"127\.0\.0\.1:1 did not answer"):
        probe("127.0.0.1:1")
