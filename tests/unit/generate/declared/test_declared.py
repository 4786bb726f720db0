"""A pipeline without a source of its own has plausible events, the same on every machine."""

import json
from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.check.decode.chunk import decode
from clickstream.contract.records import OutgoingRecords, TopicRecords
from clickstream.define import Event, EventField, JsonType
from clickstream.generate.declared.fields import ACTORS, texts_of
from clickstream.generate.events import Part
from streams import NEW_YEAR_US, digest, joined, rows
from unit.generate.declared.sensors import READING, a_reading, a_stream, made


def events_of(records: OutgoingRecords) -> list[dict[str, Any]]:
    return [json.loads(value or b"") for value in records.values]


def test_the_same_bytes_come_from_a_seed_on_every_machine() -> None:
    assert digest(made(3_000)) == ("2bed142db66ac65e4fd3a5eb4741452fd3f1a85e4ed4595b25dfd6e555495c32")
    assert digest(made(3_000, SEED=7)) != digest(made(3_000))


@given(st.lists(st.integers(0, 400), min_size=1, max_size=5), st.integers(0, 10**12))
def test_events_are_the_same_however_the_stream_is_cut(sizes, first):
    stream = a_stream()
    whole = rows(stream.records(first, sum(sizes)))
    cut: list[Any] = []
    for size in sizes:
        cut += rows(stream.records(first + len(cut), size))
    assert cut == whole


def test_fields_are_in_order_and_of_what_the_declaration_says() -> None:
    events = events_of(made(20_000))
    assert all(tuple(event) == READING.names for event in events)
    assert {event["unit"] for event in events} == {"C", "F", None}
    assert {type(event["celsius"]) for event in events} == {float}
    assert (min(e["celsius"] for e in events), max(e["celsius"] for e in events)) == (
        pytest.approx(-20, abs=0.1),
        pytest.approx(45.5, abs=0.1),
    )
    assert {event["battery"] for event in events} == set(range(101))
    assert 20 < len({event["city"] for event in events}) <= 40


def test_every_event_is_one_by_the_rule_of_the_check() -> None:
    values = made(5_000).values
    chunk = TopicRecords([0] * len(values), list(range(len(values))), [0] * len(values), values)
    assert decode(chunk, READING).rejected.is_empty()


def test_events_happen_on_the_timeline() -> None:
    records = made(1_000, MSGS_PER_SEC=8)
    for place, event in enumerate(events_of(records)):
        happened_us = datetime.fromisoformat(event["read_at"]).timestamp() * 1_000_000
        assert happened_us == NEW_YEAR_US + place * 125_000


def test_the_key_is_its_field_and_some_keys_are_far_more_frequent() -> None:
    records = made(20_000)
    assert records.keys == [event["sensor_id"].encode() for event in events_of(records)]
    counts = [count for _, count in Counter(records.keys).most_common()]
    assert 500 < len(counts) <= ACTORS
    assert sum(counts[:100]) > 0.4 * 20_000


def test_a_declared_key_field_has_its_values_and_no_null() -> None:
    event = Event(
        (
            EventField("at", JsonType.STRING),
            EventField("who", JsonType.STRING, values=("a", None, "b", "c")),
        ),
        "at",
        "who",
    )
    assert set(a_stream(a_reading(event)).records(0, 200).keys) == {b"a", b"b", b"c"}


@pytest.mark.parametrize("key", ["sensor_id", "none"])
def test_producers_share_the_events_between_them(key: str) -> None:
    whole = rows(a_stream(MSG_KEY=key).records(0, 3_000))
    parts = [a_stream(MSG_KEY=key, part=Part(number, 3)).records(0, 3_000) for number in range(3)]
    assert sorted(rows(joined(parts)), key=repr) == sorted(whole, key=repr)
    if key != "none":
        assert not set(parts[0].keys) & set(parts[1].keys)


def test_faults_are_injected_as_into_clicks() -> None:
    records = made(5_000, LATE_RATE=0.2, MALFORMED_RATE=0.2, DUPLICATE_RATE=0.1, MISSING_FIELD_RATE=0.1)
    chunk = TopicRecords([0] * len(records), list(range(len(records))), records.timestamps_ms, records.values)
    rejected = set(decode(chunk, READING).rejected["kafka_offset"].to_list())
    malformed = {
        place for place, names in records.faults.items() if any(name.startswith("malf") for name in names)
    }
    assert rejected == malformed
    assert malformed


FIELD = st.builds(
    EventField,
    st.from_regex(r"[a-z][a-z_]{0,10}", fullmatch=True),
    st.sampled_from(list(JsonType)),
)


@given(st.lists(FIELD, max_size=70, unique_by=lambda field: field.name))
def test_any_event_has_data_whatever_its_fields(fields):
    named = [field for field in fields if field.name not in ("the_time", "the_key")]
    event = Event(
        (*named, EventField("the_time", JsonType.STRING), EventField("the_key", JsonType.STRING)),
        "the_time",
        "the_key",
    )
    values = a_stream(a_reading(event)).records(0, 20).values
    chunk = TopicRecords([0] * len(values), list(range(len(values))), [0] * len(values), values)
    assert decode(chunk, event).rejected.is_empty()


@pytest.mark.parametrize("kind", [JsonType.INTEGER, JsonType.NUMBER])
@given(
    st.none() | st.integers(-(10**11), 10**11),
    st.none() | st.integers(-(10**11), 10**11),
    st.sampled_from([1, 3, 1_000]),
)
def test_numbers_are_within_their_bounds(kind, low, high, parts):
    if low is not None and high is not None and low > high:
        low, high = high, low
    if kind is JsonType.NUMBER:
        low, high = (None if bound is None else bound / parts for bound in (low, high))
    event = Event(
        (
            EventField("at", JsonType.STRING),
            EventField("who", JsonType.STRING),
            EventField("n", kind, low=low, high=high),
        ),
        "at",
        "who",
    )
    for found in events_of(a_stream(a_reading(event)).records(0, 50)):
        assert low is None or found["n"] >= low - 1e-5
        assert high is None or found["n"] <= high + 1e-5


def test_fields_beyond_the_thirty_second_have_draws_of_their_own() -> None:
    names = [f"n{number}" for number in range(40)]
    event = Event(
        (
            EventField("at", JsonType.STRING),
            EventField("who", JsonType.STRING),
            *(EventField(name, JsonType.INTEGER) for name in names),
        ),
        "at",
        "who",
    )
    columns = list(
        zip(
            *([e[n] for n in names] for e in events_of(a_stream(a_reading(event)).records(0, 50))),
            strict=True,
        )
    )
    assert len(set(columns)) == 40


@pytest.mark.parametrize("name", ["email", "home_city", "currency", "host", "customer_name", "anything"])
def test_texts_follow_the_name_of_the_field(name: str) -> None:
    texts = texts_of(name, 42, is_key=False)
    assert len(texts) == len(set(texts)) > 10
    assert texts == texts_of(name, 42, is_key=False)
    assert texts != texts_of(name, 43, is_key=False)
    assert ("@" in texts[0]) == (name == "email")
