"""The decoding rule: the hostile table, and the quick way held equal to the rule."""

import json
from typing import Any

import orjson
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clickstream.check.decode.chunk import Decoded, decode, empty
from clickstream.check.decode.event_ts import event_ts_us
from clickstream.check.decode.one_message import decode_message
from clickstream.check.decode.schema import DECODED_REJECTED, decoded_events, with_strings
from clickstream.check.decode.strict_json import NotJson, members_of
from clickstream.clicks.event import CLICK
from clickstream.contract.definition.event import JsonType
from clickstream.contract.definition.rejection import reasons_of
from clickstream.contract.records import TopicRecords
from hostile_messages import HOSTILE_MESSAGES, PLAIN, Message

KAFKA_TIMESTAMP_MS = 1_767_225_600_123


def records(values: list[bytes | None]) -> TopicRecords:
    return TopicRecords(
        [0] * len(values), list(range(len(values))), [KAFKA_TIMESTAMP_MS] * len(values), values
    )


def answers(decoded: Decoded) -> dict[int, str | dict[str, Any]]:
    """By offset the reason, or the fields with event_ts in microseconds."""
    events = with_strings(decoded.events).drop("kafka_timestamp")
    events = events.with_columns(pl.col("event_ts").cast(pl.Int64))
    return {
        **dict(decoded.rejected.select("kafka_offset", "reason").rows()),
        **{row.pop("kafka_offset"): row for row in events.drop("kafka_partition").rows(named=True)},
    }


def answer_for(message: Message) -> str | dict[str, Any]:
    if message.reason is not None:
        return message.reason
    fields = {name: message.fields.get(name) for name in CLICK.names}
    own_ts = KAFKA_TIMESTAMP_MS * 1_000 if message.event_ts_us is None else message.event_ts_us
    return {**fields, "event_ts": own_ts}


def by_rule(value: bytes | None) -> str | dict[str, Any]:
    """What the rule alone says, message by message."""
    answer = decode_message(value, CLICK)
    if isinstance(answer, str):
        return answer
    fields = dict(zip(CLICK.names, answer, strict=True))
    own_ts = event_ts_us(answer[0]) if isinstance(answer[0], str) else None
    return {**fields, "event_ts": KAFKA_TIMESTAMP_MS * 1_000 if own_ts is None else own_ts}


@pytest.mark.parametrize("message", HOSTILE_MESSAGES, ids=lambda message: message.name)
def test_a_hostile_message_gets_the_answer_of_the_table(message):
    assert by_rule(message.value) == answer_for(message)
    assert answers(decode(records([message.value]), CLICK)) == {0: answer_for(message)}


def test_hostile_messages_in_one_chunk_do_not_disturb_one_another():
    decoded = decode(records([message.value for message in HOSTILE_MESSAGES]), CLICK)
    assert answers(decoded) == dict(enumerate(map(answer_for, HOSTILE_MESSAGES)))


def test_a_rejected_message_keeps_its_bytes_place_and_timestamp():
    values = [message.value for message in HOSTILE_MESSAGES if message.reason]
    rejected = decode(records(values), CLICK).rejected
    assert rejected["value"].to_list() == values
    assert rejected["kafka_offset"].to_list() == list(range(len(values)))
    assert rejected["kafka_timestamp"].cast(pl.Int64).unique().to_list() == [KAFKA_TIMESTAMP_MS * 1_000]
    assert set(rejected["reason"]) <= set(reasons_of(CLICK))


def test_chunks_of_any_content_have_one_schema():
    for values in ([], [None], [PLAIN.encode()], [b"{}"], [b"{}", None, PLAIN.encode()]):
        decoded = decode(records(values), CLICK)
        assert decoded.events.schema == decoded_events(CLICK) == empty(CLICK).events.schema
        assert decoded.rejected.schema == DECODED_REJECTED == empty(CLICK).rejected.schema


FIELD_VALUES = {
    JsonType.STRING: [
        '"/"',
        '""',
        "null",
        '"ü"',
        r'"\n"',
        r'"\ud800"',
        '"\x1f"',
        "1",
        '"2026-01-01T00:00:00Z"',
    ],
    JsonType.INTEGER: ["0", "-0", "1", "1.0", "1e1", "null", "01", "9" * 18, "9" * 19, "9" * 20, '"1"', "-"],
    JsonType.NUMBER: [
        "0",
        "-0.0",
        "19.99",
        "1e12",
        "1e400",
        "999999999999.999",
        "1000000000000.5",
        "1.2345",
        ".",
    ],
}
plain_form_messages = st.builds(
    lambda *values: (
        "{" + ",".join(f'"{f.name}":{v}' for f, v in zip(CLICK.fields, values, strict=True)) + "}"
    ),
    *(st.sampled_from(FIELD_VALUES[field.type]) for field in CLICK.fields),
)


@st.composite
def damaged_messages(draw: st.DrawFn) -> bytes:
    """The plain form with a few bytes replaced, put in or taken out."""
    message = bytearray(PLAIN.encode())
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(message) - 1))
        piece = draw(
            st.one_of(
                st.sampled_from([b"", b'"', b"\\", b",", b"null", b" ", b"}", b"{", b"0"]),
                st.binary(max_size=3),
            )
        )
        message[at : at + draw(st.integers(0, 12))] = piece
    return bytes(message)


@given(st.lists(st.one_of(plain_form_messages.map(str.encode), damaged_messages(), st.none()), max_size=6))
def test_the_quick_way_answers_like_the_rule(values):
    assert answers(decode(records(values), CLICK)) == dict(enumerate(map(by_rule, values)))


numbers = st.from_regex(r"\A-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?\Z")


@given(numbers)
def test_numbers_are_read_as_the_same_float_and_integer_either_way(written):
    message = f'{{"revenue":{written},"latency_ms":{written}}}'.encode()
    widened = message[:-1] + b',"x":1e400}'  # what orjson refuses, so the second opinion answers
    assert decode_message(message, CLICK) == decode_message(widened, CLICK)


json_texts = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(codec="utf-8")),
    ),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(st.characters(codec="utf-8")), inner)),
    max_leaves=10,
)


@given(json_texts, st.sampled_from([None, 1]), st.booleans())
def test_the_second_opinion_takes_what_a_json_writer_writes(value, indent, ensure_ascii):
    members = members_of(json.dumps(value, indent=indent, ensure_ascii=ensure_ascii))
    if isinstance(value, dict):
        assert members is not None
        assert list(members) == list(value)
        assert {k: v for k, v in members.items() if isinstance(v, str)} == {
            k: v for k, v in value.items() if isinstance(v, str)
        }
    else:
        assert members is None


@given(
    st.one_of(
        st.text(st.sampled_from('{}[]:,"\\ \t\n0123456789.eE+-truefalsn/u\x1fü'), max_size=20),
        damaged_messages().map(lambda message: message.decode("utf-8", "replace")),
    )
)
@example('{"a":1,"a":2}')
@example("[1,]")
@example('{"a":[}')
@example("-0.5e-07")
def test_the_second_opinion_refuses_what_orjson_refuses(text):
    try:
        orjson.loads(text)
        is_json = True
    except orjson.JSONDecodeError as error:
        # A number beyond every float is JSON all the same.
        is_json = "infinity" in str(error)
        if is_json:
            return
    try:
        members_of(text)
        taken = True
    except NotJson:
        taken = False
    assert taken == is_json
