"""The decoding in Spark answers every hostile message as the table written by hand says."""

from datetime import datetime

import pytest
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.contract.event import FIELD_NAMES
from clickstream.contract.rejection import REASONS
from clickstream.contract.tables import EVENTS_RAW, EVENTS_REJECTED, ColumnType, Table
from clickstream.stream.compact import COMPACT_FORM
from clickstream.stream.decoding import Decoder
from clickstream.stream.events import EventsTables, raw_records
from file_topic import KAFKA_TIME
from hostile_messages import COMPACT, HOSTILE_MESSAGES, Message

KAFKA_US = 1_772_388_000_000_000
SPARK_TYPE = {
    ColumnType.STRING: "string",
    ColumnType.INT32: "int",
    ColumnType.INT64: "bigint",
    ColumnType.FLOAT64: "double",
    ColumnType.TIMESTAMP: "timestamp",
    ColumnType.BYTES: "binary",
}


def records_of(session: SparkSession, values: list[bytes | None]) -> DataFrame:
    rows = [(None if value is None else bytearray(value), 0, offset) for offset, value in enumerate(values)]
    return session.createDataFrame(rows, "value binary, partition int, offset bigint").withColumn(
        "timestamp", F.timestamp_micros(F.lit(KAFKA_US))
    )


@pytest.fixture(scope="module")
def decoded(session: SparkSession) -> dict[str, Row]:
    """What Spark makes of each hostile message, by the message's name."""
    assert datetime.fromtimestamp(KAFKA_US / 1e6, KAFKA_TIME.tzinfo) == KAFKA_TIME
    answers = Decoder()(records_of(session, [message.value for message in HOSTILE_MESSAGES]))
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
        assert {name: row[name] for name in FIELD_NAMES if row[name] is not None} == message.fields
        assert row.event_ts_us == (KAFKA_US if message.event_ts_us is None else message.event_ts_us)
    # What is rejected is kept byte by byte.
    assert (None if row.value is None else bytes(row.value)) == message.value


def test_the_hostile_messages_reach_every_reason_of_the_job() -> None:
    reached = {message.reason for message in HOSTILE_MESSAGES}
    strings = {f"wrong_type:{name}" for name in FIELD_NAMES}
    assert set(REASONS) - reached - strings == {"future_event"}


@pytest.mark.parametrize("name", FIELD_NAMES)
def test_a_wrong_type_is_named_by_its_field(session: SparkSession, name: str) -> None:
    wrong = f'{{"{name}":[]}}'.encode()
    assert [row.reason for row in Decoder()(records_of(session, [wrong])).collect()] == [f"wrong_type:{name}"]


def test_both_ways_of_decoding_give_the_same_event(session: SparkSession) -> None:
    # A blank after the brace is all that keeps the second message from the fast path.
    both = Decoder()(records_of(session, [COMPACT.encode(), COMPACT.replace("{", "{ ").encode()]))
    fast, slow = both.drop("kafka_offset", "value").collect()
    assert fast == slow
    assert fast.user_id == "user_7"


def test_the_fast_path_takes_only_whole_messages_of_the_compact_form(session: SparkSession) -> None:
    messages = [COMPACT, " " + COMPACT, COMPACT + "\n", COMPACT[:-1], COMPACT.replace("DE", "D\\u0045")]
    texts = session.createDataFrame([(text,) for text in messages], "text string")
    taken = [row.taken for row in texts.select(F.col("text").rlike(COMPACT_FORM).alias("taken")).collect()]
    assert taken == [True, False, False, False, False]


def test_names_made_to_collide_in_the_parser_end_nothing(session: SparkSession) -> None:
    # Jackson refuses an object with hundreds of names of one hash: a limit of the parser, not of the rule,
    # so that the message counts as not_json. What matters is that the query goes on.
    names = ["".join("Aa" if (number >> bit) & 1 else "B@" for bit in range(9)) for number in range(512)]
    message = ("{" + ",".join(f'"{name}":1' for name in names) + "}").encode()
    rows = Decoder()(records_of(session, [message, COMPACT.encode()])).orderBy("kafka_offset").collect()
    assert rows[0].reason in (None, "not_json")
    assert rows[1].reason is None


@pytest.mark.parametrize("table", [EVENTS_RAW, EVENTS_REJECTED], ids=lambda table: table.name)
def test_the_rows_have_the_columns_of_the_contract(session: SparkSession, table: Table) -> None:
    rows = EventsTables()(raw_records(records_of(session, [b"{}"])))[table.name]
    assert rows.dtypes == [(column.name, SPARK_TYPE[column.type]) for column in table.columns]


def test_every_record_is_in_exactly_one_of_the_two_tables(session: SparkSession) -> None:
    batch = raw_records(records_of(session, [message.value for message in HOSTILE_MESSAGES]))
    as_events = {row.kafka_offset for row in EventsTables().events(batch).select("kafka_offset").collect()}
    as_rejected = {
        row.kafka_offset for row in EventsTables().rejected(batch).select("kafka_offset").collect()
    }
    assert not as_events & as_rejected
    assert as_events | as_rejected == set(range(len(HOSTILE_MESSAGES)))
