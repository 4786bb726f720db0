"""A file's records: bytes as they are, keys and partitions as those of generated events, faults by place."""

import json
import zlib
from collections import Counter

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.check.decode.chunk import decode
from clickstream.clicks.event import CLICK
from clickstream.contract.records import OutgoingRecords, TopicRecords
from clickstream.errors import InputBroken
from clickstream.generate.events import MAX_CHUNK
from clickstream.generate.from_file.faults import is_event, of_file, parsed
from clickstream.generate.record_stream import chunks
from clickstream.settings import GeneratorSettings
from hostile_messages import HOSTILE_MESSAGES
from streams import a_sound_stream, joined, rows
from unit.generate.from_file.reading import NOW_MS, a_file_stream

HOSTILE = [message.value for message in HOSTILE_MESSAGES if message.value is not None]

ALL_FAULTS = {
    "LATE_RATE": 0.2,
    "FUTURE_RATE": 0.1,
    "MISSING_FIELD_RATE": 0.2,
    "MALFORMED_RATE": 0.2,
    "DUPLICATE_RATE": 0.2,
    "OUT_OF_ORDER_RATE": 0.3,
}


def clicks(count: int) -> list[bytes]:
    return [value for value in a_sound_stream().records(0, count).values if value is not None]


def read_all(messages: list[bytes], **settings: object) -> OutgoingRecords:
    return joined(chunks(a_file_stream(messages, **settings), None))


@given(st.lists(st.binary(max_size=50) | st.sampled_from(HOSTILE)))
def test_messages_are_sent_byte_for_byte_and_in_order_whatever_they_are(messages):
    sent = read_all(messages)
    assert sent.values == messages
    assert sent.faults == {}
    assert set(sent.timestamps_ms) <= {NOW_MS}


@pytest.mark.parametrize("key", ["user_id", "none"])
@pytest.mark.acts("MSG_KEY")
def test_keys_and_partitions_are_those_of_generated_events(key: str) -> None:
    made = a_sound_stream(MSG_KEY=key).records(0, 12_000)
    sent = read_all([value or b"" for value in made.values], MSG_KEY=key)
    assert (sent.values, sent.keys, sent.partitions) == (made.values, made.keys, made.partitions)


@pytest.mark.parametrize("message", [b"x", b"[]", b'{"page":"/"}', b'{"user_id":null}', b'{"user_id":7}'])
def test_a_message_without_a_text_in_the_key_field_has_no_key_and_its_place_chooses_the_partition(
    message: bytes,
) -> None:
    sent = read_all([message] * 5)
    assert sent.keys == [None] * 5
    assert sent.partitions == [0, 1, 2, 0, 1]


def test_a_key_is_utf_8_and_chooses_the_partition() -> None:
    sent = read_all(['{"user_id":"ä"}'.encode()])
    assert sent.keys == ["ä".encode()]
    assert sent.partitions == [zlib.crc32("ä".encode()) % 3]


def decoded(values: list[bytes | None]) -> tuple[set[int], dict[int, str]]:
    """The positions of the events by the check's own rule, and the reasons of the others."""
    count = len(values)
    found = decode(TopicRecords([0] * count, list(range(count)), [NOW_MS] * count, values), CLICK)
    reasons = found.rejected.select("kafka_offset", "reason").rows()
    return set(found.events["kafka_offset"].to_list()), dict(reasons)


def test_only_what_is_sent_malformed_is_rejected_of_a_file_of_events() -> None:
    sent = read_all(clicks(6_000), **ALL_FAULTS)
    malformed = {
        position
        for position, names in sent.faults.items()
        if any(name.startswith("malformed") for name in names)
    }
    events, reasons = decoded(sent.values)
    assert set(reasons) == malformed
    assert len(events) + len(reasons) == len(sent)


def test_faults_come_at_their_rates() -> None:
    sent = read_all(clicks(10_000), **ALL_FAULTS)
    counts = Counter(name.split(":")[0] for names in sent.faults.values() for name in names)
    copies = len(sent) / 10_000
    for name, rate in {
        "late": 0.2 * 0.9 * copies,  # where the event is in the future, too, that wins
        "future": 0.1 * copies,
        "missing_field": 0.2 * copies,
        "malformed": 0.2 * copies,
        "duplicate": 0.2,
        "out_of_order": 0.3 * copies,
    }.items():
        assert counts[name] / 10_000 == pytest.approx(rate, abs=0.025), name


def test_an_event_is_late_by_as_much_as_the_settings_say() -> None:
    before = {message: json.loads(message) for message in clicks(3_000)}
    sent = read_all(list(before), LATE_RATE=0.5, LATE_SECONDS=60)
    assert len(sent.faults) == pytest.approx(1_500, abs=150)
    for position, (message, event) in enumerate(before.items()):
        now = json.loads(sent.values[position] or b"")
        assert {**now, "event_time": ""} == {**event, "event_time": ""}
        assert (now["event_time"] < event["event_time"]) == (position in sent.faults)
        assert (sent.values[position] == message) == (position not in sent.faults)


@given(st.lists(st.binary(max_size=50) | st.sampled_from(HOSTILE), min_size=1, max_size=20))
def test_what_is_not_an_event_has_no_faults(messages):
    sent = read_all(messages * 3, **dict.fromkeys(ALL_FAULTS, 0.5))
    _, reasons = decoded(sent.values)
    for position, names in sent.faults.items():
        assert (position in reasons) == any(name.startswith("malformed") for name in names)


@given(
    st.lists(
        st.sampled_from(HOSTILE)
        | st.dictionaries(
            st.sampled_from([*CLICK.names, "other"]),
            st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
        ).map(lambda event: json.dumps(event).encode()),
        min_size=1,
    )
)
def test_what_is_an_event_beyond_doubt_is_one_by_the_rule_of_the_check(messages):
    events, _ = decoded(list(messages))
    sure = {at for at, message in enumerate(messages) if is_event(CLICK, message, parsed(message))}
    assert sure <= events


def test_faults_of_a_file_are_those_that_are_asked_for() -> None:
    assert of_file(GeneratorSettings()).late_rate == 0
    assert of_file(GeneratorSettings()).malformed_rate == 0
    asked_for = of_file(GeneratorSettings(LATE_RATE=0.02))
    assert (asked_for.late_rate, asked_for.malformed_rate) == (0.02, 0)


def test_messages_are_read_as_they_are_sent_and_not_ahead_of_a_block() -> None:
    read = 0

    def counted():
        nonlocal read
        for message in clicks(4):
            for _ in range(5_000):
                read += 1
                yield message

    sending = chunks(a_file_stream(counted()), None)
    assert len(next(sending)) == MAX_CHUNK
    assert read == MAX_CHUNK


def test_long_messages_make_short_blocks() -> None:
    sent = list(chunks(a_file_stream([b"x" * 900_000] * 40), None))
    assert max(map(len, sent)) < 20
    assert sum(map(len, sent)) == 40


def test_what_comes_before_a_break_is_sent() -> None:
    def breaking():
        yield from clicks(7)
        raise InputBroken("here")

    sending = chunks(a_file_stream(breaking()), None)
    assert next(sending).values == clicks(7)
    with pytest.raises(InputBroken, match="here"):
        next(sending)


def test_a_pipe_that_has_nothing_for_now_gives_empty_chunks() -> None:
    first, second = clicks(2)
    sent = [records.values for records in chunks(a_file_stream([None, first, None, None, second]), None)]
    assert sent == [[], [first], [], [second]]


def test_skipped_messages_are_not_sent_and_change_nothing_of_the_others() -> None:
    messages = clicks(9_000)
    whole = rows(read_all(messages, **ALL_FAULTS))
    rest = rows(joined(chunks(a_file_stream(messages, **ALL_FAULTS), None, first=7_000)))
    assert rest == whole[-len(rest) :]
    assert joined(chunks(a_file_stream(messages), 3, first=7_000)).values == messages[7_000:7_003]


MESSAGES = st.lists(st.sampled_from([*clicks(50), *HOSTILE[:10]]), max_size=120)


@given(MESSAGES, st.integers(0, 30), st.lists(st.integers(0, 200), min_size=1, max_size=4), st.booleans())
def test_what_is_stopped_and_resumed_again_and_again_sends_every_record_once_in_order(
    messages, skip, stops, faulty
):
    settings = {**dict.fromkeys(ALL_FAULTS, 0.3), "MALFORMED_RATE": 0.1} if faulty else {}

    def a_stream():
        return a_file_stream(messages, **settings)

    whole = rows(joined(chunks(a_stream(), None, first=skip)))
    sent: list[tuple] = []
    for stop in [*stops, len(whole)]:
        stream = a_stream()
        first = stream.pass_over(skip, Counter(partition for _, _, partition, _ in sent))
        # Each stop comes in the middle of a chunk, between any two records.
        sent += rows(joined(chunks(stream, None, first=first)))[:stop]
    for partition in range(3):
        assert [row for row in sent if row[2] == partition] == [row for row in whole if row[2] == partition]


@given(MESSAGES, st.lists(st.integers(0, 40), min_size=3, max_size=3))
def test_partitions_that_have_come_differently_far_are_resumed_each_at_its_place(messages, reached):
    whole = rows(read_all(messages))
    by_partition = [[row for row in whole if row[2] == partition] for partition in range(3)]
    sent = [found[:count] for found, count in zip(by_partition, reached, strict=True)]
    stream = a_file_stream(messages)
    first = stream.pass_over(0, {partition: len(found) for partition, found in enumerate(sent)})
    rest = rows(joined(chunks(stream, None, first=first)))
    for partition, found in enumerate(sent):
        assert found + [row for row in rest if row[2] == partition] == by_partition[partition]


def test_a_message_that_is_changed_keeps_all_its_members() -> None:
    message = orjson.dumps({"user_id": "u", "event_time": "2026-01-01 00:00:00Z", "mine": [1, {"a": None}]})
    (value,) = read_all([message], LATE_RATE=1).values
    assert json.loads(value or b"")["mine"] == [1, {"a": None}]
