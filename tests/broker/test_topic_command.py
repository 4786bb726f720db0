"""A look at the topic of a real Kafka: what it is, and its newest messages."""

import pytest
from confluent_kafka import Producer

from clickstream.broker.producing import RecordProducer
from clickstream.broker.reading import read_ranges
from clickstream.broker.topics import TOPIC_CONFIG, describe_topic
from clickstream.contract.records import OutgoingRecords
from clickstream.errors import CouldNotCheck
from clickstream.operate.topic import describe, newest_messages
from clickstream.settings import load
from clickstream.testing import ManualClock


@pytest.fixture
def settings(bootstrap_servers, topic, tmp_path):
    flags = {"KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers, "KAFKA_TOPIC": topic, "STATE_PATH": tmp_path}
    return load(flags, dotenv=tmp_path / "none")[0]


def send(settings, *records):
    """Send (partition, timestamp_ms, key, value)."""
    partitions, timestamps_ms, keys, values = map(list, zip(*records, strict=True))
    producer = RecordProducer(settings.broker)
    producer.send(
        OutgoingRecords(values=values, keys=keys, partitions=partitions, timestamps_ms=timestamps_ms)
    )
    assert producer.finish(30).failed == 0


def newest(settings, count):
    return newest_messages(settings, count, clock=ManualClock())


def test_the_newest_messages_of_all_partitions_come_in_order_with_their_keys(settings):
    send(
        settings,
        (0, 1_000, b"a", b"first"),
        (2, 2_000, None, b"\xff"),
        (0, 3_000, b"a", None),
        (1, 2_500, b"b", b"between"),
    )
    found = [(each.partition, each.offset, each.key, each.value) for each in newest(settings, 3)]
    assert found == [(2, 0, None, b"\xff"), (1, 0, b"b", b"between"), (0, 1, b"a", None)]
    assert len(newest(settings, 1_000)) == 4


def test_keys_are_read_only_where_they_are_asked_for(settings):
    send(settings, (0, 1_000, b"a", b"value"))
    (records,) = read_ranges(settings.broker, {0: (0, 1)})
    assert records.keys == []
    (records,) = read_ranges(settings.broker, {0: (0, 1)}, with_keys=True)
    assert records.keys == [b"a"]


def test_the_topic_is_described_with_its_id_offsets_and_what_was_set_on_it(settings):
    send(settings, (0, 1_000, None, b"a"), (1, 1_000, None, b"b"))
    found = describe(settings)
    assert found.topic_id == describe_topic(settings.broker).topic_id
    assert found.offsets == {0: (0, 1), 1: (0, 1), 2: (0, 0)}
    assert found.offset_count == 2
    assert TOPIC_CONFIG.items() <= found.config.items()


def test_the_newest_messages_are_found_before_an_aborted_transaction(settings):
    send(settings, *((0, 1_000 + number, None, b"%d" % number) for number in range(10)))
    transactional = Producer(
        {"bootstrap.servers": settings.broker.bootstrap_servers, "transactional.id": settings.broker.topic}
    )
    transactional.init_transactions(30)
    transactional.begin_transaction()
    for number in range(20):
        transactional.produce(settings.broker.topic, b"aborted %d" % number, partition=0, timestamp=9_000)
    transactional.flush(30)
    transactional.abort_transaction(30)
    assert [each.value for each in newest(settings, 3)] == [b"7", b"8", b"9"]
    assert len(newest(settings, 1_000)) == 10


def test_a_topic_without_messages_has_nothing_to_show(settings):
    with pytest.raises(CouldNotCheck) as refused:
        newest(settings, 5)
    assert refused.value.exit_code == 3
