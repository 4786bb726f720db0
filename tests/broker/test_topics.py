"""Topics of a real Kafka."""

import uuid

import pytest
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from clickstream.broker.producing import RecordProducer
from clickstream.broker.topics import (
    TOPIC_CONFIG,
    delete_topic,
    describe_topic,
    ensure_topic,
    offset_ranges,
)
from clickstream.contract.records import OutgoingRecords
from clickstream.errors import BrokerUnavailable, SettingInvalid, TopicNotFound
from clickstream.settings import BrokerSettings


def settings(bootstrap_servers, **fields):
    fields = {"topic": f"test-{uuid.uuid4().hex[:12]}", "bootstrap_servers": bootstrap_servers, **fields}
    return BrokerSettings.model_construct(**fields)


@pytest.mark.acts("KAFKA_TOPIC", "KAFKA_PARTITIONS")
def test_a_missing_topic_is_created_and_then_left_alone(bootstrap_servers):
    wanted = settings(bootstrap_servers, partitions=5)
    created = ensure_topic(wanted)
    assert (created.name, created.partitions) == (wanted.topic, 5)
    assert ensure_topic(wanted) == created == describe_topic(wanted)


def test_a_topic_created_anew_has_another_id(bootstrap_servers):
    wanted = settings(bootstrap_servers)
    first = ensure_topic(wanted)
    delete_topic(wanted)
    again = ensure_topic(wanted)
    assert first.topic_id
    assert again.topic_id
    assert again.topic_id != first.topic_id


def test_a_topic_is_created_so_that_old_and_future_records_stay(bootstrap_servers):
    wanted = settings(bootstrap_servers)
    ensure_topic(wanted)
    resource = ConfigResource(ResourceType.TOPIC, wanted.topic)
    admin = AdminClient({"bootstrap.servers": bootstrap_servers})
    found = admin.describe_configs([resource])[resource].result()
    assert {name: found[name].value for name in TOPIC_CONFIG} == TOPIC_CONFIG


def test_another_number_of_partitions_is_refused_with_both_numbers(bootstrap_servers):
    existing = settings(bootstrap_servers)
    ensure_topic(existing)
    with pytest.raises(TopicNotFound, match="has 3 partitions, but KAFKA_PARTITIONS=4") as refused:
        ensure_topic(settings(bootstrap_servers, topic=existing.topic, partitions=4))
    assert "KAFKA_PARTITIONS=3" in refused.value.next_step


@pytest.mark.acts("KAFKA_REPLICATION_FACTOR")
def test_more_copies_than_brokers_are_refused_by_the_settings_name(bootstrap_servers):
    with pytest.raises(SettingInvalid, match="KAFKA_REPLICATION_FACTOR=3"):
        ensure_topic(settings(bootstrap_servers, replication_factor=3))


@pytest.mark.parametrize("ask", [describe_topic, offset_ranges, delete_topic])
def test_a_topic_that_is_not_there_is_named_and_not_created_by_asking(bootstrap_servers, ask):
    missing = settings(bootstrap_servers)
    for _ in range(2):
        with pytest.raises(TopicNotFound, match=missing.topic):
            ask(missing)


def test_offset_ranges_are_those_of_the_log(bootstrap_servers):
    wanted = settings(bootstrap_servers)
    ensure_topic(wanted)
    assert offset_ranges(wanted) == {0: (0, 0), 1: (0, 0), 2: (0, 0)}
    producer = RecordProducer(wanted)
    producer.send(OutgoingRecords([b"a", b"b", b"c"], [None] * 3, [0, 2, 2], [1, 1, 1]))
    assert producer.finish(30).acknowledged == 3
    assert offset_ranges(wanted) == {0: (0, 1), 1: (0, 0), 2: (0, 2)}


@pytest.mark.parametrize("ask", [ensure_topic, describe_topic, offset_ranges])
@pytest.mark.acts("KAFKA_BOOTSTRAP_SERVERS")
def test_a_broker_that_is_away_is_named_by_its_address(ask):
    # Nobody listens on port 1 of this machine.
    with pytest.raises(BrokerUnavailable, match=r"127\.0\.0\.1:1 did not answer") as away:
        ask(settings("127.0.0.1:1"), deadline_s=0.5)
    assert any("refused" in detail for detail in away.value.details)
