"""Rows of CSV and Parquet become JSON by the declared fields."""

import csv
import gzip
import io
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.check.decode.chunk import decode
from clickstream.clicks.event import CLICK
from clickstream.contract.records import TopicRecords
from clickstream.errors import InputBroken, UsageError
from clickstream.generate.from_file.csv_rows import csv_messages
from clickstream.generate.from_file.opening import open_input
from unit.generate.from_file.reading import messages


def rejected(found: list[bytes]) -> list[str]:
    """The reasons for which the check rejects messages."""
    count = len(found)
    chunk = decode(TopicRecords([0] * count, list(range(count)), [0] * count, list(found)), CLICK)
    return chunk.rejected["reason"].to_list()


def written(folder: Path, text: str, name: str = "events.csv") -> Path:
    file = folder / name
    file.write_text(text, newline="")
    return file


def test_cells_are_values_of_their_fields_and_an_empty_one_is_null(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        'user_id,latency_ms,revenue,page,unknown\n7,12,19.90,"/a,""b""",x\n,,,,\nu,-5,1e3,"two\nlines",\n',
    )
    assert [json.loads(message) for message in messages(file)] == [
        {"user_id": "7", "latency_ms": 12, "revenue": 19.9, "page": '/a,"b"'},
        {"user_id": None, "latency_ms": None, "revenue": None, "page": None},
        {"user_id": "u", "latency_ms": -5, "revenue": 1000.0, "page": "two\nlines"},
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_header_tells_the_separator(tmp_path: Path, separator: str) -> None:
    file = written(tmp_path, f"user_id{separator}page\r\nu1{separator}/a\r\n")
    assert messages(file) == [b'{"user_id":"u1","page":"/a"}']


def test_a_cell_that_is_no_value_of_its_field_is_sent_and_rejected(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "latency_ms,revenue\nmany,1\n1.5,1\n1,NaN\n1,inf\n9223372036854775808,1\n1,1e13\n1,1e999\n 1,1\n",
    )
    assert rejected(messages(file)) == [
        "wrong_type:latency_ms",
        "wrong_type:latency_ms",
        "wrong_type:revenue",
        "wrong_type:revenue",
        "number_out_of_range:latency_ms",
        "number_out_of_range:revenue",
        "wrong_type:revenue",
        "wrong_type:latency_ms",
    ]


@pytest.mark.parametrize(
    ("rows", "line", "why"),
    [
        ("u1,/a\nu2,/b,3\n", 3, "it has 3 fields, and the header has 2"),
        ('u1,"/a\n/b"\nu2\n', 4, "it has 1 fields, and the header has 2"),
        ('u1,/a\nu2,"/b\nu3,/c\nu4,/d\n', 3, "a quotation mark is not closed"),
        ('u1,/a\nu2,"/b\n' + "u3,/c\n" * 30_000, 3, "it is not CSV .field larger"),
        ('u1,/a\nu2,"/b\n' + '"u3,/c\n' * 3, 3, "it is not CSV"),
        ('u1,/a\nu2,"b" c\n', 3, "it is not CSV"),
        ("u1,/a\n\nu2,/b\nu3,'\xff\n", 5, "it is not UTF-8"),
    ],
)
def test_a_broken_row_is_named_by_its_line(tmp_path: Path, rows: str, line: int, why: str) -> None:
    file = tmp_path / "events.csv"
    file.write_bytes(b"user_id,page\n" + rows.encode("latin-1"))
    with pytest.raises(InputBroken, match=f"events.csv breaks at line {line}: {why}"):
        messages(file)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("name,place\na,b\n", "no column is a field of the event. Its columns are name, place"),
        ("page,page\na,b\n", "a field of the event is there twice"),
    ],
)
def test_a_header_without_fields_of_the_event_is_refused_at_once(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as refused:
        messages(written(tmp_path, text))
    assert "event_time, user_id" in refused.value.next_step


def test_rows_of_a_pipe_are_passed_on_as_they_come() -> None:
    read, write = os.pipe()
    with os.fdopen(read, "rb") as pipe, os.fdopen(write, "wb", buffering=0) as writer:
        writer.write(b'user_id,page\nu1,/a\nu2,"/b')
        found = open_input("-", CLICK, pipe)
        assert next(each for each in found if each is not None) == b'{"user_id":"u1","page":"/a"}'
        assert next(found) is None
        writer.write(b'\n/c"\n')
        assert next(each for each in found if each is not None) == b'{"user_id":"u2","page":"/b\\n/c"}'


def test_a_quotation_mark_within_a_cell_is_a_character(tmp_path: Path) -> None:
    file = written(tmp_path, 'page,user_id\n5" disk,u1\n/a,u2\n')
    assert messages(file) == [b'{"page":"5\\" disk","user_id":"u1"}', b'{"page":"/a","user_id":"u2"}']


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_csv_on_standard_input_is_known_by_its_header(pack: Callable[[bytes], bytes]) -> None:
    read, write = os.pipe()
    with os.fdopen(write, "wb") as writer:
        writer.write(pack(b"unknown;user_id\nx;u1\n"))
    with os.fdopen(read, "rb") as pipe:
        assert messages("-", pipe) == [b'{"user_id":"u1"}']


CELLS = {
    "user_id": st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1),
    "latency_ms": st.none() | st.integers(-(2**63), 2**63 - 1),
    "revenue": st.none() | st.floats(-1e12, 1e12),
}


@given(st.lists(st.fixed_dictionaries(CELLS), min_size=1))
def test_what_a_csv_writer_writes_comes_back_as_it_was(rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(CELLS), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    lines = iter(text.getvalue().encode().removesuffix(b"\n").split(b"\n"))
    found = csv_messages(lines, CLICK, "a file", lambda line, why: InputBroken(f"{line}: {why}"))
    assert [json.loads(message) for message in found if message] == rows


def test_columns_of_parquet_become_what_their_fields_declare(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 1, 12, tzinfo=UTC)
    frame = pl.DataFrame(
        {
            "event_time": [moment, None],
            "user_id": [7, None],
            "latency_ms": [12.0, None],
            "revenue": [Decimal("19.90"), None],
            "page": ["/a", None],
            "campaign": pl.Series(["spring", None], dtype=pl.Categorical),
            "unknown": [1, 2],
        }
    )
    file = tmp_path / "events.parquet"
    frame.write_parquet(file)
    found = messages(file)
    assert [json.loads(message) for message in found] == [
        {
            "event_time": "2026-01-01T12:00:00.000000+00:00",
            "user_id": "7",
            "latency_ms": 12,
            "revenue": 19.9,
            "page": "/a",
            "campaign": "spring",
        },
        dict.fromkeys(frame.columns[:-1]),
    ]
    assert rejected(found) == []


def test_a_time_without_a_zone_stays_without_one_and_another_zone_becomes_utc(tmp_path: Path) -> None:
    file = tmp_path / "events.parquet"
    naive = pl.Series([datetime(2026, 1, 1, 12)])  # noqa: DTZ001 - it has no zone
    pl.DataFrame({"event_time": naive}).write_parquet(file)
    assert messages(file) == [b'{"event_time":"2026-01-01T12:00:00.000000"}']
    pl.DataFrame({"event_time": naive.dt.replace_time_zone("Europe/Berlin")}).write_parquet(file)
    assert messages(file) == [b'{"event_time":"2026-01-01T11:00:00.000000+00:00"}']


def test_values_that_are_none_of_their_field_are_sent_and_rejected(tmp_path: Path) -> None:
    file = tmp_path / "events.parquet"
    pl.DataFrame({"latency_ms": [1.5, 2.0], "page": [["a"], ["b"]], "revenue": ["x", "1"]}).write_parquet(
        file
    )
    assert rejected(messages(file)) == ["wrong_type:page", "wrong_type:page"]
    pl.DataFrame({"latency_ms": [timedelta(1)], "user_id": ["u"]}).write_parquet(file)
    assert rejected(messages(file)) == ["wrong_type:latency_ms"]


def test_rows_of_parquet_keep_their_order_over_all_row_groups(tmp_path: Path) -> None:
    file = tmp_path / "events.parquet"
    pl.DataFrame({"latency_ms": range(60_000)}).write_parquet(file, row_group_size=7_000)
    assert [json.loads(message)["latency_ms"] for message in messages(file)] == list(range(60_000))


def test_a_cut_parquet_file_is_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "events.parquet"
    pl.DataFrame({"latency_ms": range(1_000)}).write_parquet(file)
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(UsageError, match=r"events.parquet cannot be read as Parquet: .*PAR1"):
        messages(file)


def test_a_damaged_row_group_is_named_by_the_row_before_it(tmp_path: Path) -> None:
    file = tmp_path / "events.parquet"
    pl.DataFrame({"page": [f"/{number}" for number in range(20_000)]}).write_parquet(
        file, row_group_size=10_000, compression="zstd"
    )
    content = bytearray(file.read_bytes())
    content[len(content) * 3 // 4 : len(content) * 3 // 4 + 200] = bytes(200)
    file.write_bytes(content)
    with pytest.raises(InputBroken, match="the Parquet data is damaged there"):
        messages(file)


def test_a_header_makes_csv_of_a_file_with_another_ending(tmp_path):
    file = tmp_path / "events.tsv"
    file.write_text("user_id\tlatency_ms\nuser_1\t5\n")
    assert messages(file) == [b'{"user_id":"user_1","latency_ms":5}']
