"""A batch whose acknowledgement went down with the broker is sent again by the producer, and stored once.

Kafka tells by producer id and sequence number (KIP-98), for as long as it knows the producer: until the
times of its records are `producer.id.expiration.ms` past. Here both sendings are spelled out, byte for byte,
because no client can be made to lose an acknowledgement.
"""

import socket
import struct
import warnings
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from clickstream.broker.topics import ensure_topic, offset_ranges
from clickstream.settings import BrokerSettings

TOPIC = b"clicks"
PRODUCE, VERSION, CORRELATION_ID, ALL_REPLICAS, TIMEOUT_MS = 0, 3, 7, -1, 10_000
RECORDS = 3


def batch(timestamp: datetime) -> bytes:
    """The first batch of a producer, as it is sent each time."""
    with warnings.catch_warnings(action="ignore"):  # of a deprecated call in its import
        from kafka.record.default_records import DefaultRecordBatchBuilder

    builder = DefaultRecordBatchBuilder(
        2, 0, is_transactional=False, producer_id=77, producer_epoch=0, base_sequence=0, batch_size=10_000
    )
    for number in range(RECORDS):
        builder.append(number, int(timestamp.timestamp() * 1_000), None, b"click", [])
    return bytes(builder.build())


def sent(address: str, records: bytes) -> int:
    """Send a batch to partition 0, and the offset that the broker says its first record has."""
    request = struct.pack(">hhih", PRODUCE, VERSION, CORRELATION_ID, -1)
    request += struct.pack(">hhii", -1, ALL_REPLICAS, TIMEOUT_MS, 1)
    request += struct.pack(">h", len(TOPIC)) + TOPIC + struct.pack(">iii", 1, 0, len(records)) + records
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(struct.pack(">i", len(request)) + request)
        answer = connection.makefile("rb")
        size = int.from_bytes(answer.read(4), "big")
        content = answer.read(size)
    _partition, error, offset = struct.unpack_from(">ihq", content, 4 + 4 + 2 + len(TOPIC) + 4)
    assert error == 0, f"Kafka's error {error}"
    return int(offset)


def stored_after_two_sendings(new_broker, state, timestamp: datetime) -> int:
    """How many records the topic has when the broker was killed between the two."""
    kafka = new_broker(state)
    pid = kafka.start().pid
    ensure_topic(broker_at(kafka.bootstrap_servers))
    assert sent(kafka.bootstrap_servers, batch(timestamp)) == 0
    broker = psutil.Process(pid)
    broker.kill()
    broker.wait(30)
    kafka.stop()
    with new_broker(state) as again:
        sent(again.bootstrap_servers, batch(timestamp))
        _begin, end = offset_ranges(broker_at(again.bootstrap_servers))[0]
    return end


def broker_at(address: str) -> BrokerSettings:
    return BrokerSettings.model_construct(bootstrap_servers=address, topic=TOPIC.decode(), partitions=1)


@pytest.mark.parametrize("days", [0, 2, 24])
def test_a_batch_sent_again_to_a_broker_that_was_killed_is_stored_once(new_broker, tmp_path, days):
    ago = datetime.now(UTC) - timedelta(days=days)
    assert stored_after_two_sendings(new_broker, tmp_path, ago) == RECORDS


def test_of_records_of_longer_ago_kafka_forgets_the_producer_and_stores_them_twice(new_broker, tmp_path):
    # Not ours to mend; the page about faults says so, and this says when it is no longer true.
    ago = datetime.now(UTC) - timedelta(days=26)
    assert stored_after_two_sendings(new_broker, tmp_path, ago) == 2 * RECORDS
