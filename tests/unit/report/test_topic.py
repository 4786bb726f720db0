"""A message is a line, whatever its bytes are."""

import json

from rich.console import Console

from clickstream.contract.topic import TopicMessage, TopicStatus
from clickstream.report.topic import details, details_json, message_lines, messages_json


def message(value: bytes | None = b"{}", key: bytes | None = None, timestamp_ms: int = 0) -> TopicMessage:
    return TopicMessage(partition=2, offset=17, timestamp_ms=timestamp_ms, key=key, value=value)


def line(sent: TopicMessage) -> str:
    return message_lines([sent])[0].plain


def test_a_line_has_place_time_key_and_value():
    assert line(message(b"value", b"user_1", 1_500)) == "2@17  1970-01-01 00:00:01.500  user_1  value"


def test_bytes_that_are_no_text_are_escaped_and_null_is_said():
    assert line(message(b"\xff\x1b[2J\n")).endswith("null  \\xff\\x1b[2J\\n")
    assert line(message(None)).endswith("null  null")


def test_a_long_value_is_cut_and_its_length_said():
    assert line(message(b"x" * 900_000)).endswith("xx… (900,000 bytes)")


def test_a_timestamp_beyond_the_calendar_or_missing_is_no_error():
    assert "no timestamp" in line(message(timestamp_ms=-1))
    assert "+11476-08-15 05:20:00.000" in line(message(timestamp_ms=300_000_000_000_000))


def test_json_says_whether_bytes_had_to_be_escaped():
    text, binary = map(json.loads, messages_json([message("ä".encode()), message(b"\xff")]).splitlines())
    assert (text["value"], text["key"], text["escaped"]) == ("ä", None, False)
    assert (binary["value"], binary["escaped"]) == ("\\xff", True)


def test_the_description_counts_offsets_and_tells_those_of_an_open_transaction():
    found = TopicStatus("events", "127.0.0.1:1", {0: (5, 10), 1: (0, 0)}, waiting={0: (10, 14)})
    content = json.loads(details_json(found))
    assert content["offsets"] == 5
    assert content["topic_id"] is None
    assert content["partitions"][0] == {"partition": 0, "begin": 5, "end": 10, "waiting": 4}
    console = Console(width=80)
    with console.capture() as captured:
        console.print(details(found))
    text = " ".join(captured.get().split())
    assert "records" not in text
    assert "Partition 0 has an open transaction: its 4 offsets from 10 on can be read when the" in text
