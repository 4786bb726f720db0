"""A compacted topic of a real Kafka: its policy is known, and what is left of it can be read."""

import uuid

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from clickstream.broker.reading import read_ranges
from clickstream.broker.topic_config import cleanup_policy
from clickstream.broker.topics import offset_ranges
from clickstream.clock import SystemClock
from clickstream.settings import BrokerSettings

COMPACTED_AT_ONCE = {
    "cleanup.policy": "compact",
    "segment.ms": "100",
    "min.cleanable.dirty.ratio": "0.001",
    "max.compaction.lag.ms": "100",
}


@pytest.fixture
def compacted(bootstrap_servers):
    name = f"test-{uuid.uuid4().hex[:12]}"
    admin = AdminClient({"bootstrap.servers": bootstrap_servers})
    admin.create_topics([NewTopic(name, 1, 1, config=COMPACTED_AT_ONCE)])[name].result()
    return BrokerSettings.model_construct(bootstrap_servers=bootstrap_servers, topic=name)


def test_the_policy_of_a_topic_is_known_also_where_it_is_the_default(bootstrap_servers, compacted, topic):
    deleting = BrokerSettings.model_construct(bootstrap_servers=bootstrap_servers, topic=topic)
    assert (cleanup_policy(compacted), cleanup_policy(deleting)) == ("compact", "delete")


@pytest.mark.thorough
def test_what_compaction_leaves_is_read_to_the_end_of_the_range(compacted):
    """Kafka's cleaner looks every 15 seconds."""
    producer = Producer({"bootstrap.servers": compacted.bootstrap_servers})
    clock = SystemClock()
    end_s = clock.monotonic_s() + 120
    left = None
    while left is None or len(left) == offset_ranges(compacted)[0][1]:
        assert clock.monotonic_s() < end_s, "no record was compacted away"
        producer.produce(compacted.topic, b"value", key=b"one", partition=0)
        producer.flush(10)
        clock.sleep(1)
        span = offset_ranges(compacted)
        left = [offset for records in read_ranges(compacted, span) for offset in records.offsets]
    assert span[0][0] == 0
    assert left[-1] == span[0][1] - 1
