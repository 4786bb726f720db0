"""The stream: one event per index, the same for everybody."""

import itertools
from collections import Counter, defaultdict

import orjson
import pytest
from confluent_kafka import consistent
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from clickstream.clicks.event import CLICK
from clickstream.clicks.generate.vocabulary import EVENT_TYPE_PERCENT, LATENCY_MS, REVENUE_CENTS
from clickstream.generate.events import MAX_CHUNK, Part
from clickstream.generate.record_stream import chunks
from streams import NEW_YEAR_US, a_sound_stream, a_stream, digest, joined, rows

EVERY_FAULT = {
    "LATE_RATE": 0.2,
    "MALFORMED_RATE": 0.1,
    "DUPLICATE_RATE": 0.1,
    "OUT_OF_ORDER_RATE": 0.1,
    "FUTURE_RATE": 0.1,
    "MISSING_FIELD_RATE": 0.1,
}


# Taken once: another digest is another stream for everybody who knows one by its seed.
@pytest.mark.parametrize(
    ("settings", "sha256"),
    [
        ({}, "84bf45ff6ce65525da420d659f7cfe503e57f7468496a9cf09b57a80c32a7656"),
        (
            {"SEED": 2**64 - 1, "MSGS_PER_SEC": 33.333},
            "a68bac82862887ae415a84b3a3ed75ec8dec43d7f550bdd0aa0632c676e901d0",
        ),
        ({"SEED": 7, "UNIFORM": True}, "9266e00ff5146e48af9f0bb0c4c346ab33141794e26e5ce49769c06aa5593c8d"),
        (
            {"TRAFFIC": "wave:1m:150%", "MSG_KEY": "none", **EVERY_FAULT},
            "b4f87509c6bd134d6791ea0e41490eae640f0cf9d12b9c1e7a77f1ca6e457d4d",
        ),
    ],
)
@pytest.mark.acts("UNIFORM", "TRAFFIC")
def test_a_seed_gives_the_same_bytes_on_every_machine(settings, sha256):
    assert digest(joined(chunks(a_stream(**settings), 20_000))) == sha256


STREAMS = {
    "visits": a_stream(**EVERY_FAULT),
    "three visitors": a_stream(MSGS_PER_SEC=0.333, **EVERY_FAULT),
    "uniform": a_stream(UNIFORM=True, **EVERY_FAULT),
    "without keys": a_stream(MSG_KEY="none", **EVERY_FAULT),
    "in bursts": a_stream(TRAFFIC="burst:100ms:300%", **EVERY_FAULT),
}
# Across the border of two windows of the visits, and of two blocks of the sending order.
FIRST, COUNT = 61_000, 6_000
WHOLES = {name: stream.records(FIRST, COUNT) for name, stream in STREAMS.items()}


@pytest.mark.parametrize("name", STREAMS)
@hypothesis_settings(deadline=None, max_examples=20)
@given(cuts=st.lists(st.integers(0, COUNT), max_size=5))
def test_any_cutting_gives_the_same_records(name, cuts):
    bounds = sorted({0, *cuts, COUNT})
    parts = [STREAMS[name].records(FIRST + begin, end - begin) for begin, end in itertools.pairwise(bounds)]
    assert joined(parts) == WHOLES[name]


@pytest.mark.parametrize("name", STREAMS)
def test_no_records_are_asked_for_and_none_made(name):
    assert len(STREAMS[name].records(5, 0)) == 0


def test_a_record_far_out_is_found_without_those_before_it():
    far, stream = 10**12, STREAMS["visits"]
    assert joined([stream.records(far, 2), stream.records(far + 2, 3)]) == stream.records(far, 5)


def test_a_stream_asked_back_and_forth_gives_the_same_records():
    stream = a_stream()
    before = stream.records(0, 10)
    stream.records(500_000, 10)
    assert stream.records(0, 10) == before


@pytest.mark.parametrize("of", [2, 3, 7])
@pytest.mark.parametrize("name", STREAMS)
def test_the_parts_of_several_producers_are_the_stream(name, of):
    settings = {"visits": {}, "uniform": {"UNIFORM": True}, "without keys": {"MSG_KEY": "none"}}.get(name)
    if settings is None:
        settings = {"MSGS_PER_SEC": 0.333} if name == "three visitors" else {"TRAFFIC": "burst:100ms:300%"}
    parts = [a_stream(part=Part(number, of), **settings, **EVERY_FAULT) for number in range(of)]
    pieces = [joined(chunks(part, COUNT, first=FIRST)) for part in parts]
    assert all(pieces)
    whole = WHOLES[name]
    assert Counter(row for piece in pieces for row in rows(piece)) == Counter(rows(whole))
    faults = Counter(names for piece in pieces for names in piece.faults.values())
    assert faults == Counter(whole.faults.values())


def test_each_part_has_its_users_events_in_their_order():
    whole = by_key(a_stream().records(0, 20_000))
    parts = [by_key(a_stream(part=Part(number, 3)).records(0, 20_000)) for number in range(3)]
    assert sum(map(len, parts)) == len(whole)
    assert {key: found for part in parts for key, found in part.items()} == whole


def by_key(records):
    found = defaultdict(list)
    for row in rows(records):
        found[row[1]].append(row)
    return found


def test_chunks_are_small_and_complete():
    sizes = [len(records) for records in chunks(a_stream(), 2 * MAX_CHUNK + 1)]
    assert sizes == [MAX_CHUNK, MAX_CHUNK, 1]


def test_endless_chunks_end_when_asked_to():
    answers = iter([False, False, True])
    assert len(list(chunks(a_stream(), None, stop_requested=lambda: next(answers)))) == 2


def test_chunks_that_skip_are_the_rest_of_the_stream():
    skipped = joined(chunks(a_stream(), 12_000, first=3_000))
    assert rows(skipped) == rows(joined(chunks(a_stream(), 15_000)))[3_000:]


@pytest.mark.parametrize("uniform", [False, True])
@pytest.mark.acts("SEED")
def test_other_seeds_give_other_events(uniform):
    seeds = (0, 1, 42, 2**64 - 1)
    values = {tuple(a_sound_stream(SEED=seed, UNIFORM=uniform).records(0, 50).values) for seed in seeds}
    assert len(values) == len(seeds)


@pytest.mark.parametrize("uniform", [False, True])
def test_the_mix_is_near_its_shares(uniform):
    stream = a_sound_stream(UNIFORM=uniform)
    events = [orjson.loads(value) for records in chunks(stream, 100_000) for value in records.values]
    types = Counter(event["event_type"] for event in events)
    for event_type, percent in EVENT_TYPE_PERCENT.items():
        # Seven standard deviations of the largest share are 1 %.
        assert types[event_type] / len(events) == pytest.approx(percent / 100, abs=0.01)
    without_session = sum(event["session_id"] is None for event in events)
    assert without_session / len(events) == pytest.approx(0.30, abs=0.015)
    assert len({event["user_id"] for event in events}) >= 4_800
    assert {event["latency_ms"] for event in events} == set(range(LATENCY_MS[0], LATENCY_MS[1] + 1))


@pytest.mark.parametrize("uniform", [False, True])
def test_only_purchases_have_revenue_of_whole_cents_within_bounds(uniform):
    for value in a_sound_stream(UNIFORM=uniform).records(0, 20_000).values:
        event = orjson.loads(value)
        assert (event["revenue"] is not None) == (event["event_type"] == "purchase")
        if event["revenue"] is not None:
            cents = event["revenue"] * 100
            assert REVENUE_CENTS[0] <= round(cents) <= REVENUE_CENTS[1]
            assert cents == pytest.approx(round(cents), abs=1e-6)


def test_fields_come_in_contract_order():
    assert list(orjson.loads(a_sound_stream().records(0, 1).values[0])) == list(CLICK.names)


def test_a_user_keeps_key_partition_country_browser_and_device():
    records = a_sound_stream(SEED=7).records(0, 20_000)
    homes: dict[object, set[tuple[object, ...]]] = {}
    for value, key, partition, _ in rows(records):
        event = orjson.loads(value)
        assert key == event["user_id"].encode()
        home = (partition, event["country"], event["browser"], event["device"])
        homes.setdefault(event["user_id"], set()).add(home)
    assert all(len(home) == 1 for home in homes.values())


def test_partitions_are_those_of_librdkafkas_consistent_partitioner():
    records = a_stream(partitions=7).records(0, 1_000)
    assert records.partitions == [consistent(key, 7) for key in records.keys]
    assert set(records.partitions) == set(range(7))


@pytest.mark.acts("MSG_KEY")
def test_without_keys_records_go_round_the_partitions():
    records = a_stream(MSG_KEY="none").records(4, 7)
    assert records.keys == [None] * 7
    assert records.partitions == [1, 2, 0, 1, 2, 0, 1]
    assert records.values == a_stream().records(4, 7).values


@pytest.mark.acts("MSGS_PER_SEC")
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
