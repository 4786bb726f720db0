"""Where acknowledged records lie, by partition and by fault."""

from dataclasses import replace

from clickstream.broker.producing import RecordProducer
from clickstream.contract.ledger import AcknowledgedSpan
from clickstream.contract.records import OutgoingRecords


def records(partitions, faults=None, value=b"{}"):
    count = len(partitions)
    return OutgoingRecords([value] * count, [None] * count, partitions, [1] * count, faults or {})


def test_the_account_has_count_first_and_last_offset_of_every_partition(broker_settings):
    settings = broker_settings()
    for producer in (RecordProducer(settings), RecordProducer(settings)):
        producer.send(records([0, 0, 3, 0]))
        producer.finish(30)
    account = producer.take_account()
    assert (account.produced, account.acknowledged, account.failed) == (4, 4, 0)
    assert account.partitions == {0: AcknowledgedSpan(3, 3, 5), 3: AcknowledgedSpan(1, 1, 1)}


def test_every_fault_of_a_record_is_noted_at_its_offset(broker_settings):
    producer = RecordProducer(broker_settings())
    producer.send(records([0, 1, 0, 1], {1: ("late",), 2: ("late", "malformed:truncated")}))
    producer.send(records([1, 0], {0: ("duplicate",)}))
    producer.finish(30)
    assert producer.faults_noted == 4
    assert producer.take_account().faults == {
        "late": {0: [1], 1: [0]},
        "malformed:truncated": {0: [1]},
        "duplicate": {1: [2]},
    }


def test_places_are_handed_over_once_and_counts_go_on(broker_settings):
    producer = RecordProducer(broker_settings())
    producer.send(records([0], {0: ("late",)}))
    producer.finish(30)
    assert producer.take_account().faults == {"late": {0: [0]}}
    producer.send(records([0], {0: ("late",)}))
    producer.finish(30)
    account = producer.take_account()
    assert (account.faults, account.acknowledged, producer.faults_noted) == ({"late": {0: [1]}}, 2, 0)


def test_without_acks_faults_have_no_place_and_are_counted(broker_settings):
    producer = RecordProducer(broker_settings(acks="0"))
    producer.send(records([0, 0], {1: ("late", "future")}))
    producer.finish(30)
    account = producer.take_account()
    assert (account.faults, account.unplaced) == ({}, {"late": 1, "future": 1})
    assert account.partitions == {0: AcknowledgedSpan(2)}


def test_a_failed_record_is_in_no_partition_and_has_no_fault(broker_settings):
    producer = RecordProducer(broker_settings())
    producer.send(records([0], {0: ("late",)}, value=bytes(2_000_000)))
    producer.finish(30)
    account = producer.take_account()
    assert (account.failed, account.partitions, account.faults) == (1, {}, {})
    assert account == replace(account, unplaced={})
