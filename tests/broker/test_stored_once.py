"""A batch whose acknowledgement went down with the broker is sent again by the producer, and stored once.

Kafka recognises it by producer id and sequence number (KIP-98), as long as it knows the producer: until the
times of its records are older than `producer.id.expiration.ms`. The test builds both requests itself, because
no client can be made to lose an acknowledgement.
"""

import socket
import struct
import warnings
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from clickstream.broker.topics import ensure_topic, offset_ranges
from clickstream.clock import SystemClock
from clickstream.settings import BrokerSettings

TOPIC = b"clicks"
PRODUCE, VERSION, CORRELATION_ID, ALL_REPLICAS, TIMEOUT_MS = 0, 3, 7, -1, 10_000
NOT_LEADER, LEADS_WITHIN_S = 6, 30
RECORDS = 3
DAYS_AGO = (0, 2, 24, 26)


def batch(timestamp: datetime, partition: int) -> bytes:
    """The first batch of a producer, as it is sent each time; every partition has its own producer."""
    with warnings.catch_warnings(action="ignore"):  # of a deprecated call in its import
        from kafka.record.default_records import DefaultRecordBatchBuilder

    builder = DefaultRecordBatchBuilder(
        2,
        0,
        is_transactional=False,
        producer_id=77 + partition,
        producer_epoch=0,
        base_sequence=0,
        batch_size=10_000,
    )
    for number in range(RECORDS):
        builder.append(number, int(timestamp.timestamp() * 1_000), None, b"click", [])
    return bytes(builder.build())


def send(address: str, partition: int, records: bytes) -> None:
    """Send a batch to a partition until the broker leads that partition and acknowledges it."""
    clock = SystemClock()
    deadline_s = clock.monotonic_s() + LEADS_WITHIN_S
    while (error := error_of(address, partition, records)) == NOT_LEADER:
        assert clock.monotonic_s() < deadline_s, f"the broker does not lead partition {partition}"
        clock.sleep(0.1)
    assert error == 0, f"Kafka's error {error}"


def error_of(address: str, partition: int, records: bytes) -> int:
    """Send a batch to a partition once; the broker's error code."""
    request = struct.pack(">hhih", PRODUCE, VERSION, CORRELATION_ID, -1)
    request += struct.pack(">hhii", -1, ALL_REPLICAS, TIMEOUT_MS, 1)
    request += struct.pack(">h", len(TOPIC)) + TOPIC
    request += struct.pack(">iii", 1, partition, len(records)) + records
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(struct.pack(">i", len(request)) + request)
        answer = connection.makefile("rb")
        size = int.from_bytes(answer.read(4), "big")
        content = answer.read(size)
    _partition, error = struct.unpack_from(">ih", content, 4 + 4 + 2 + len(TOPIC) + 4)
    return int(error)


def broker_at(address: str) -> BrokerSettings:
    return BrokerSettings.model_construct(
        bootstrap_servers=address, topic=TOPIC.decode(), partitions=len(DAYS_AGO)
    )


@pytest.fixture(scope="module")
def stored(new_broker, tmp_path_factory: pytest.TempPathFactory) -> dict[int, int]:
    """How many records the topic has of each batch, sent before and after the broker was killed."""
    state = tmp_path_factory.mktemp("stored-once")
    now = datetime.now(UTC)
    batches = [batch(now - timedelta(days=days), partition) for partition, days in enumerate(DAYS_AGO)]
    kafka = new_broker(state)
    pid = kafka.start().pid
    ensure_topic(broker_at(kafka.bootstrap_servers))
    for partition, records in enumerate(batches):
        send(kafka.bootstrap_servers, partition, records)
    broker = psutil.Process(pid)
    broker.kill()
    broker.wait(30)
    kafka.stop()
    with new_broker(state) as again:
        for partition, records in enumerate(batches):
            send(again.bootstrap_servers, partition, records)
        ranges = offset_ranges(broker_at(again.bootstrap_servers))
    return {days: ranges[partition][1] for partition, days in enumerate(DAYS_AGO)}


@pytest.mark.parametrize("days", [0, 2, 24])
def test_a_batch_sent_again_to_a_broker_that_was_killed_is_stored_once(stored, days):
    assert stored[days] == RECORDS


def test_of_records_of_longer_ago_kafka_forgets_the_producer_and_stores_them_twice(stored):
    # Known limitation, in docs/faults.md: Kafka forgets the producer. Fails when that is no longer true.
    assert stored[26] == 2 * RECORDS
