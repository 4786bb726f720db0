"""The decoding in Spark answers every hostile message as the table written by hand says."""

from base64 import b64decode
from datetime import datetime

import pytest
from pyspark.sql import Row, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.check.decode.one_message import decode_message
from clickstream.clicks import CLICKS
from clickstream.clicks.event import CLICK
from clickstream.clicks.tables import EVENTS_RAW
from clickstream.contract.batch_rows import REASON
from clickstream.contract.definition.rejection import reasons_of
from clickstream.contract.definition.tables import ColumnType
from clickstream.duration import Duration
from clickstream.stream.decode.decoding import Decoder, event_rows
from clickstream.stream.decode.plain_form import plain_form
from file_topic import KAFKA_TIME
from hostile_messages import HOSTILE_MESSAGES, PLAIN, Message
from spark.records_frame import KAFKA_US, records_of

SPARK_TYPE = {
    ColumnType.STRING: "string",
    ColumnType.INT32: "int",
    ColumnType.INT64: "bigint",
    ColumnType.FLOAT64: "double",
    ColumnType.TIMESTAMP: "timestamp",
    ColumnType.BYTES: "binary",
}


@pytest.fixture(scope="module")
def decoded(session: SparkSession) -> dict[str, Row]:
    """What Spark makes of each hostile message, by the message's name."""
    assert datetime.fromtimestamp(KAFKA_US / 1e6, KAFKA_TIME.tzinfo) == KAFKA_TIME
    answers = Decoder(CLICK)(records_of(session, [message.value for message in HOSTILE_MESSAGES]))
    # In microseconds: Python knows no year 10000.
    in_us = answers.withColumn("event_ts_us", F.unix_micros("event_ts")).drop("event_ts")
    return {HOSTILE_MESSAGES[row.kafka_offset].name: row for row in in_us.collect()}


@pytest.mark.parametrize("message", HOSTILE_MESSAGES, ids=lambda message: message.name)
def test_a_hostile_message_is_the_event_or_the_rejection_that_the_table_says(
    decoded: dict[str, Row], message: Message
) -> None:
    row = decoded[message.name]
    assert row.reason == message.reason
    if message.reason is None:
        assert {name: row[name] for name in CLICK.names if row[name] is not None} == message.fields
        assert row.event_ts_us == (KAFKA_US if message.event_ts_us is None else message.event_ts_us)
    # What is rejected is kept byte by byte.
    assert (None if row.value is None else bytes(row.value)) == message.value


def test_the_hostile_messages_reach_every_reason_of_the_job() -> None:
    reached = {message.reason for message in HOSTILE_MESSAGES}
    strings = {f"wrong_type:{name}" for name in CLICK.names}
    assert set(reasons_of(CLICK)) - reached - strings == {"future_event"}


TEN_MINUTES = Duration.parse("10 minutes")


def at(event_time: str, *, fast: bool) -> bytes:
    """A message in the plain form with another event time, by either way of decoding."""
    text = PLAIN.replace("2026-03-01T12:00:00.123456+00:00", event_time)
    return (text if fast else text.replace("{", "{ ")).encode()


AROUND_THE_TOLERANCE = [
    # The record's own timestamp is 18:00:00.
    ("2026-03-01T18:10:00.000000+00:00", None),
    ("2026-03-01T18:10:00.000000999+00:00", None),
    ("2026-03-01T18:10:00.000001+00:00", "future_event"),
    ("2026-03-01T20:10:00.000001+02:00", "future_event"),
    ("9999-12-31T23:59:59.999999-18:00", "future_event"),
    ("0001-01-01T00:00:00+18:00", None),
    ("tomorrow", None),
]


@pytest.fixture(scope="module")
def judged_by_time(session: SparkSession) -> dict[tuple[str, bool], tuple[str | None, str | None]]:
    """The reason with and without a tolerance, by event time and by whether the fast path takes it."""
    cases = [(event_time, fast) for event_time, _ in AROUND_THE_TOLERANCE for fast in (True, False)]
    records = records_of(session, [at(event_time, fast=fast) for event_time, fast in cases])
    reasons = [
        [row.reason for row in decoder(records).orderBy("kafka_offset").select("reason").collect()]
        for decoder in (Decoder(CLICK, TEN_MINUTES), Decoder(CLICK))
    ]
    return dict(zip(cases, zip(*reasons, strict=True), strict=True))


@pytest.mark.parametrize("fast", [True, False], ids=["fast path", "slow path"])
@pytest.mark.parametrize(("event_time", "reason"), AROUND_THE_TOLERANCE)
def test_an_event_further_ahead_of_its_record_than_the_tolerance_is_rejected_from_the_next_microsecond_on(
    judged_by_time: dict[tuple[str, bool], tuple[str | None, str | None]],
    event_time: str,
    reason: str | None,
    fast: bool,
) -> None:
    assert judged_by_time[event_time, fast] == (reason, None)


def test_with_a_tolerance_every_other_reason_comes_first_and_nothing_ends_the_query(
    session: SparkSession,
) -> None:
    # Spark's Kafka timestamps go further than any event time, and further than a difference of two.
    far = (-(2**63), -1_000, 0, KAFKA_US, 2**63 - 1)
    cases = [(record_us, message) for record_us in far for message in HOSTILE_MESSAGES]
    times = F.array(*(F.lit(record_us) for record_us in far))
    at = F.floor(F.col("offset") / len(HOSTILE_MESSAGES)).cast("int") + 1
    records = records_of(session, [message.value for _, message in cases])
    records = records.withColumn("timestamp", F.timestamp_micros(F.element_at(times, at)))
    rows = Decoder(CLICK, TEN_MINUTES)(records).orderBy("kafka_offset").select("reason").collect()
    for row, (record_us, message) in zip(rows, cases, strict=True):
        own = message.event_ts_us if message.reason is None else None
        ahead = own is not None and own - TEN_MINUTES.microseconds > record_us
        assert row.reason == ("future_event" if ahead else message.reason), (message.name, record_us)


def test_a_rejected_message_is_carried_as_base64_beside_its_reason(session: SparkSession) -> None:
    future = at("2026-03-02T12:00:00Z", fast=True)
    messages = [future, b"\xff\n", b"", None]
    rows = (
        event_rows(Decoder(CLICK, TEN_MINUTES)(records_of(session, messages)), CLICKS)
        .orderBy("kafka_offset")
        .collect()
    )
    assert [row.reason for row in rows] == ["future_event", "not_utf8", "empty", "empty"]
    carried = [None if row.event_time is None else b64decode(row.event_time) for row in rows]
    assert carried == messages


def test_a_wrong_type_is_named_by_its_field(session: SparkSession) -> None:
    wrong = [f'{{"{name}":[]}}'.encode() for name in CLICK.names]
    rows = Decoder(CLICK)(records_of(session, wrong)).orderBy("kafka_offset").collect()
    assert [row.reason for row in rows] == [f"wrong_type:{name}" for name in CLICK.names]


def test_both_ways_of_decoding_give_the_same_event(session: SparkSession) -> None:
    # A blank after the brace is all that keeps the second message from the fast path.
    both = Decoder(CLICK)(records_of(session, [PLAIN.encode(), PLAIN.replace("{", "{ ").encode()]))
    fast, slow = both.drop("kafka_offset", "value").collect()
    assert fast == slow
    assert fast.user_id == "user_7"


def test_the_fast_path_takes_only_whole_messages_of_the_plain_form(session: SparkSession) -> None:
    messages = [
        PLAIN,
        " " + PLAIN,
        PLAIN + "\n",
        PLAIN[:-1],
        PLAIN.replace("DE", "D\\u0045"),
    ]
    texts = session.createDataFrame([(text,) for text in messages], "text string")
    taken = [
        row.taken for row in texts.select(F.col("text").rlike(plain_form(CLICK)).alias("taken")).collect()
    ]
    assert taken == [True, False, False, False, False]


COLLIDING = ["".join("Aa" if (number >> bit) & 1 else "B@" for bit in range(9)) for number in range(512)]
"""Names of one hash: where an object has hundreds of them, Spark's parser gives up."""


BLANKS = {"none": "", "blank": " ", "lines": "\n\t"}
DEPTHS = (0, 1, 3)


def with_colliding_names(depth: int, blank: str) -> list[bytes]:
    """An object whose names collide at this depth, five damaged copies of it, and an ordinary message."""
    members = ",".join(
        f'"{name}"{blank}:{blank}{{"a":"x\\"y\\\\","":[":,",{{"page":2}}]}}' for name in COLLIDING
    )
    unknown = members if depth == 0 else '"x":' + '{"x":' * (depth - 1) + "{" + members + "}" * depth
    whole = "{" + unknown + ',"page":"p","us\\u0065r_id":"u","revenue":1.5,"revenue":2.5}'
    damaged = [
        whole + "x",
        whole.replace('"p"', "'p'"),
        whole.replace("AaAa", "Aa\x01Aa", 1),
        whole.replace('":,"', '":', 1),
        whole.replace('"p"', "7"),
    ]
    return [message.encode() for message in (whole, *damaged, PLAIN)]


@pytest.fixture(scope="module")
def decoded_collisions(session: SparkSession) -> dict[tuple[int, str], list[Row]]:
    """What Spark makes of all messages with colliding names, by depth and kind of blank."""
    cases = [(depth, name) for depth in DEPTHS for name in BLANKS]
    messages = [message for depth, name in cases for message in with_colliding_names(depth, BLANKS[name])]
    rows = Decoder(CLICK)(records_of(session, messages)).orderBy("kafka_offset").collect()
    size = len(messages) // len(cases)
    return {case: rows[at : at + size] for case, at in zip(cases, range(0, len(rows), size), strict=True)}


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("depth", DEPTHS)
def test_names_made_to_collide_in_the_parser_are_names_like_others(
    decoded_collisions: dict[tuple[int, str], list[Row]], depth: int, blank: str
) -> None:
    messages = with_colliding_names(depth, BLANKS[blank])
    first, *others, last = decoded_collisions[depth, blank]
    assert (first.reason, first.page, first.user_id, first.revenue) == (None, "p", "u", 2.5)
    assert [row.reason for row in others] == ["not_json"] * 4 + ["wrong_type:page"]
    assert last.reason is None
    # The checker, whose parser knows no such limit, says the same.
    for row, message in zip((first, *others), messages, strict=False):
        answer = decode_message(message, CLICK)
        assert (answer if isinstance(answer, str) else None) == row.reason


def test_every_record_is_there_once_with_the_columns_of_the_contract(session: SparkSession) -> None:
    messages = [message.value for message in HOSTILE_MESSAGES]
    rows = event_rows(Decoder(CLICK)(records_of(session, messages)), CLICKS)
    columns = [(column.name, SPARK_TYPE[column.type]) for column in EVENTS_RAW.columns]
    assert rows.dtypes == [*columns, (REASON, "string")]
    assert sorted(row.kafka_offset for row in rows.select("kafka_offset").collect()) == list(
        range(len(messages))
    )
