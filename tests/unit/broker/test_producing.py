"""Every record is accounted for."""

import re

import pytest

from clickstream.broker.producing import RecordProducer
from clickstream.broker.reading import read_ranges
from clickstream.contract.progress import DeliveryCounts
from clickstream.contract.records import OutgoingRecords
from clickstream.duration import Duration

# Nobody listens on port 1 of this machine.
NOBODY = "127.0.0.1:1"


def records(count: int, *, value: bytes | None = b"{}", partition: int = 0) -> OutgoingRecords:
    return OutgoingRecords(
        values=[value] * count,
        keys=[b"user_1"] * count,
        partitions=[partition] * count,
        timestamps_ms=[1_767_225_600_000 + index for index in range(count)],
    )


def test_every_acknowledged_record_is_counted(broker_settings):
    producer = RecordProducer(broker_settings())
    producer.send(records(700))
    producer.send(records(300, partition=1))
    assert producer.finish(30) == DeliveryCounts(produced=1_000, acknowledged=1_000, failed=0)
    assert producer.first_error == ""


@pytest.mark.parametrize("acks", ["0", "1", "all"])
@pytest.mark.parametrize("compression", ["none", "gzip", "lz4", "snappy", "zstd"])
def test_all_acks_and_compressions_deliver(broker_settings, acks, compression):
    producer = RecordProducer(broker_settings(acks=acks, compression=compression))
    producer.send(records(10))
    assert producer.finish(30) == DeliveryCounts(produced=10, acknowledged=10, failed=0)


def test_more_records_than_the_queue_holds_wait_for_room(broker_settings):
    producer = RecordProducer(broker_settings())
    for _ in range(30):
        producer.send(records(5_000))
    assert producer.finish(60) == DeliveryCounts(produced=150_000, acknowledged=150_000, failed=0)


def test_places_of_acknowledged_records_are_told_every_so_often(broker_settings):
    settings, places = broker_settings(), []
    producer = RecordProducer(settings, on_ack=places.append, ack_every=100)
    producer.send(records(250, partition=2))
    producer.finish(30)
    assert places == [f"{settings.topic}:2@{offset}" for offset in (0, 100, 200)]


def test_without_acks_a_place_has_no_offset(broker_settings):
    settings, places = broker_settings(acks="0"), []
    producer = RecordProducer(settings, on_ack=places.append)
    producer.send(records(1, partition=3))
    producer.finish(30)
    assert places == [f"{settings.topic}:3"]


def test_records_the_client_refuses_are_failed_and_the_others_still_go(broker_settings):
    producer = RecordProducer(broker_settings())
    producer.send(records(5))
    producer.send(records(2, value=bytes(2_000_000)))
    producer.send(records(5))
    assert producer.finish(30) == DeliveryCounts(produced=12, acknowledged=10, failed=2)
    assert "too large" in producer.first_error


def test_a_partition_that_is_not_there_fails_its_records_alone(broker_settings):
    producer = RecordProducer(broker_settings())
    producer.send(records(3))
    producer.send(records(4, partition=99))
    assert producer.finish(30) == DeliveryCounts(produced=7, acknowledged=3, failed=4)
    assert re.search("partition", producer.first_error, re.IGNORECASE)


def test_records_that_nobody_acknowledges_in_time_have_failed_and_the_address_is_named(broker_settings):
    producer = RecordProducer(broker_settings(bootstrap_servers=NOBODY))
    producer.send(records(20))
    assert producer.finish(0.3) == DeliveryCounts(produced=20, acknowledged=0, failed=20)
    assert NOBODY in producer.first_error


@pytest.mark.acts("MSG_DELIVERY_TIMEOUT")
def test_the_delivery_timeout_acts_and_the_error_says_how_long_it_was(broker_settings):
    producer = RecordProducer(broker_settings(bootstrap_servers=NOBODY, delivery_timeout=Duration(1_500)))
    producer.send(records(20))
    assert producer.finish(30) == DeliveryCounts(produced=20, acknowledged=0, failed=20)
    assert f"no acknowledgement from {NOBODY} within 1.5 s" in producer.first_error


def test_a_producer_that_sent_nothing_connects_to_nobody(broker_settings):
    producer = RecordProducer(broker_settings(bootstrap_servers=""))
    assert producer.finish(1) == DeliveryCounts(produced=0, acknowledged=0, failed=0)


def test_records_arrive_as_they_were_handed_over(broker_settings):
    settings = broker_settings()
    sent = OutgoingRecords(
        values=[b"{}", None, b"", b"\xff"],
        keys=[b"a", b"b", None, b"c"],
        partitions=[0, 1, 1, 3],
        timestamps_ms=[1, 2, 946_684_800_000, 4_102_444_800_000],
    )
    producer = RecordProducer(settings)
    producer.send(sent)
    producer.finish(30)
    arrived = {}
    for chunk in read_ranges(settings, {0: (0, 1), 1: (0, 2), 3: (0, 1)}, deadline_s=30):
        places = zip(chunk.partitions, chunk.offsets, strict=True)
        arrived.update(zip(places, zip(chunk.timestamps_ms, chunk.values, strict=True), strict=True))
    assert arrived == {
        (0, 0): (1, b"{}"),
        (1, 0): (2, None),
        (1, 1): (946_684_800_000, b""),
        (3, 0): (4_102_444_800_000, b"\xff"),
    }
