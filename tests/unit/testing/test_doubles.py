"""The doubles do what the things they stand in for do."""

import inspect
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clickstream.broker.producing import RecordProducer
from clickstream.clicks.event import CLICK
from clickstream.clicks.testing import LEFT_OUT, click
from clickstream.contract.ledger import AcknowledgedSpan
from clickstream.contract.progress import DeliveryCounts
from clickstream.contract.records import OutgoingRecords
from clickstream.testing import ManualClock, RecordingProducer


def some_records(*partitions: int) -> OutgoingRecords:
    count = len(partitions)
    return OutgoingRecords([b"{}"] * count, [None] * count, list(partitions), [1] * count)


def test_a_manual_clock_moves_only_when_told_or_slept_on():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    clock = ManualClock(start)
    assert (clock.now(), clock.monotonic_s()) == (start, 0)
    clock.sleep(2.5)
    clock.sleep(-1)
    assert (clock.now(), clock.monotonic_s()) == (start + timedelta(seconds=2.5), 2.5)


def test_something_can_happen_while_somebody_sleeps():
    happened = []
    ManualClock(on_sleep=happened.append).sleep(3)
    assert happened == [3]


@pytest.mark.parametrize("name", ["send", "finish", "take_account"])
def test_the_recording_producer_is_called_like_the_real_one(name):
    real, double = (inspect.signature(getattr(kind, name)) for kind in (RecordProducer, RecordingProducer))
    assert double == real


def test_the_recording_producer_keeps_and_acknowledges_what_it_is_sent():
    places = []
    producer = RecordingProducer("clicks", on_ack=places.append)
    producer.send(some_records(0, 1, 1))
    producer.send(some_records(0))
    assert [len(chunk) for chunk in producer.chunks] == [3, 1]
    assert places == ["clicks:1@1", "clicks:0@1"]
    assert producer.finish(1) == DeliveryCounts(produced=4, acknowledged=4, failed=0)
    assert (producer.finished, producer.first_error) == (True, "")


def test_the_recording_producer_hands_places_of_faults_over_once():
    producer = RecordingProducer()
    producer.send(replace(some_records(0, 1, 1), faults={2: ("late", "duplicate")}))
    assert producer.faults_noted == 2
    account = producer.take_account()
    assert account.faults == {"late": {1: [1]}, "duplicate": {1: [1]}}
    assert account.partitions == {0: AcknowledgedSpan(1, 0, 0), 1: AcknowledgedSpan(2, 0, 1)}
    assert (producer.take_account().faults, producer.take_account().acknowledged) == ({}, 3)


def test_the_recording_producer_fails_as_many_as_it_is_told_to():
    producer = RecordingProducer(failing=2)
    producer.send(some_records(0, 0, 0))
    assert producer.finish(1) == DeliveryCounts(produced=3, acknowledged=1, failed=2)
    assert producer.first_error


def test_a_click_has_every_field_in_contract_order_and_the_ones_asked_for():
    assert list(json.loads(click())) == list(CLICK.names)
    event = json.loads(click(page="/cart", revenue=LEFT_OUT, extra=[1]))
    assert event["page"] == "/cart"
    assert "revenue" not in event
    assert event["extra"] == [1]
