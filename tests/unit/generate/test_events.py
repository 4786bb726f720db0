"""The stream: one record per index, the same for everybody."""

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterable

import orjson
import pytest
from confluent_kafka import consistent
from hypothesis import given
from hypothesis import strategies as st

from clickstream.contract.event import EVENT_TYPE_PERCENT, FIELD_NAMES, LATENCY_MS, REVENUE_CENTS
from clickstream.contract.records import OutgoingRecords
from clickstream.generate.events import MAX_CHUNK, EventStream, chunks
from clickstream.settings import GeneratorSettings

NEW_YEAR_US = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z


def a_stream(partitions: int = 3, start_us: int = NEW_YEAR_US, **settings: object) -> EventStream:
    return EventStream(GeneratorSettings(**settings), partitions, start_us)


def a_sound_stream(**settings: object) -> EventStream:
    return a_stream(LATE_RATE=0, MALFORMED_RATE=0, **settings)


def joined(parts: Iterable[OutgoingRecords]) -> OutgoingRecords:
    whole = OutgoingRecords([], [], [], [])
    for part in parts:
        whole.values.extend(part.values)
        whole.keys.extend(part.keys)
        whole.partitions.extend(part.partitions)
        whole.timestamps_ms.extend(part.timestamps_ms)
    return whole


def digest(records: OutgoingRecords) -> str:
    sha256 = hashlib.sha256()
    for row in zip(records.values, records.keys, records.partitions, records.timestamps_ms, strict=True):
        sha256.update(repr(row).encode())
    return sha256.hexdigest()


# Taken once: another digest is another stream for everybody who knows one by its seed.
@pytest.mark.parametrize(
    ("seed", "sha256"),
    [
        (42, "c8bbe2b33fbdc35340606a5cdb4dc5a25240c347fc18e649c63ca55e1c411555"),
        (2**64 - 1, "fc75f622ae14f331e4c6ba9e1421d9124777d6fa71ef9de5f4889b0d7adf1696"),
    ],
)
def test_a_seed_gives_the_same_bytes_on_every_machine(seed, sha256):
    stream = a_stream(SEED=seed, MSGS_PER_SEC=33.333, LATE_RATE=0.05, MALFORMED_RATE=0.02)
    assert digest(joined(chunks(stream, 20_000))) == sha256


STREAM = a_stream(MSGS_PER_SEC=33.333, LATE_RATE=0.2, MALFORMED_RATE=0.2)
WHOLE = STREAM.records(0, 600)


@given(cuts=st.lists(st.integers(0, 600), max_size=6))
def test_any_cutting_gives_the_same_records(cuts):
    bounds = sorted({0, *cuts, 600})
    parts = [STREAM.records(first, end - first) for first, end in itertools.pairwise(bounds)]
    assert joined(parts) == WHOLE


def test_a_record_far_out_is_found_without_those_before_it():
    far = 10**12
    assert joined([STREAM.records(far, 2), STREAM.records(far + 2, 3)]) == STREAM.records(far, 5)


def test_chunks_are_small_and_complete():
    sizes = [len(records) for records in chunks(a_stream(), 2 * MAX_CHUNK + 1)]
    assert sizes == [MAX_CHUNK, MAX_CHUNK, 1]


def test_endless_chunks_end_when_asked_to():
    answers = iter([False, False, True])
    assert len(list(chunks(a_stream(), None, stop_requested=lambda: next(answers)))) == 2


def test_other_seeds_give_other_events():
    values = [tuple(a_sound_stream(SEED=seed).records(0, 50).values) for seed in (0, 1, 42, 2**64 - 1)]
    assert len(set(values)) == len(values)


def test_shares_do_not_touch_the_events_themselves():
    sound = a_sound_stream().records(0, 2_000)
    faulty = a_stream(LATE_RATE=0, MALFORMED_RATE=0.1).records(0, 2_000)
    same = [left == right for left, right in zip(sound.values, faulty.values, strict=True)]
    assert 1_700 < sum(same) < 1_900
    assert faulty.keys == sound.keys


def test_the_mix_is_near_its_shares():
    events = [orjson.loads(value) for value in a_sound_stream().records(0, 50_000).values]
    types = Counter(event["event_type"] for event in events)
    for event_type, percent in EVENT_TYPE_PERCENT.items():
        # Five standard deviations of the largest share are 1 %.
        assert types[event_type] / len(events) == pytest.approx(percent / 100, abs=0.01)
    without_session = sum(event["session_id"] is None for event in events)
    assert without_session / len(events) == pytest.approx(0.30, abs=0.01)
    assert len({event["user_id"] for event in events}) == 5_000
    assert {event["latency_ms"] for event in events} == set(range(LATENCY_MS[0], LATENCY_MS[1] + 1))


def test_only_purchases_have_revenue_of_whole_cents_within_bounds():
    for value in a_sound_stream().records(0, 20_000).values:
        event = orjson.loads(value)
        assert (event["revenue"] is not None) == (event["event_type"] == "purchase")
        if event["revenue"] is not None:
            cents = event["revenue"] * 100
            assert REVENUE_CENTS[0] <= round(cents) <= REVENUE_CENTS[1]
            assert cents == pytest.approx(round(cents), abs=1e-6)


def test_fields_come_in_contract_order():
    assert list(orjson.loads(a_sound_stream().records(0, 1).values[0])) == list(FIELD_NAMES)


def test_a_user_keeps_key_partition_country_browser_and_device():
    records = a_sound_stream(SEED=7).records(0, 20_000)
    homes: dict[object, set[tuple[object, ...]]] = {}
    for value, key, partition in zip(records.values, records.keys, records.partitions, strict=True):
        event = orjson.loads(value)
        assert key == event["user_id"].encode()
        home = (partition, event["country"], event["browser"], event["device"])
        homes.setdefault(event["user_id"], set()).add(home)
    assert all(len(home) == 1 for home in homes.values())


def test_partitions_are_those_of_librdkafkas_consistent_partitioner():
    records = a_stream(partitions=7).records(0, 1_000)
    assert records.partitions == [consistent(key, 7) for key in records.keys]
    assert set(records.partitions) == set(range(7))


def test_event_time_and_kafka_timestamp_are_the_nominal_time():
    records = a_sound_stream(MSGS_PER_SEC=3).records(0, 4)
    assert [orjson.loads(value)["event_time"] for value in records.values] == [
        "2026-01-01T00:00:00.000000+00:00",
        "2026-01-01T00:00:00.333333+00:00",
        "2026-01-01T00:00:00.666666+00:00",
        "2026-01-01T00:00:01.000000+00:00",
    ]
    start_ms = NEW_YEAR_US // 1_000
    assert records.timestamps_ms == [start_ms, start_ms + 333, start_ms + 666, start_ms + 1_000]
