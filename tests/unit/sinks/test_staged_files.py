"""Rows of a table become its Parquet and CSV files; the check's reader of CSV reads them back."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from clickstream.check.decode.schema import schema_of
from clickstream.check.landed.csv_rows import read_csv_rows
from clickstream.clicks.tables import EVENTS_REJECTED, PAGE_METRICS, SESSIONS
from clickstream.contract.definition.tables import Table
from clickstream.settings import SinkSettings
from clickstream.sinks.landing.staged_files import row_count, scan, write_csv, write_table_parquet

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_US = 86_400_000_000
NO_DATE = "dt=__HIVE_DEFAULT_PARTITION__"


def rows_of(table: Table, *rows: dict[str, Any]) -> pl.DataFrame:
    """Rows with nulls where a test names nothing; times may be microseconds since 1970."""
    schema = schema_of(table)
    plain = {
        name: [
            (value - EPOCH) // timedelta(microseconds=1) if isinstance(value, datetime) else value
            for value in (row.get(name) for row in rows)
        ]
        for name in schema
    }
    as_integers = {name: pl.Int64 if dtype.is_temporal() else dtype for name, dtype in schema.items()}
    return pl.DataFrame(plain, schema=as_integers).cast(dict(schema))


def sessions(*starts: datetime | int) -> pl.DataFrame:
    return rows_of(SESSIONS, *({"user_id": f"u{at}", "session_start": at_} for at, at_ in enumerate(starts)))


def written(rows: pl.DataFrame, folder: Path, **settings: object) -> Iterator[tuple[str, int, list[str]]]:
    """Each file's path, its rows as counted, and the users in it."""
    counts = write_table_parquet(rows.lazy(), SESSIONS, folder, SinkSettings.model_validate(settings))
    for file, count in counts.items():
        read = pl.read_parquet(file, hive_partitioning=False)
        assert read.schema == rows.schema
        assert row_count(file) == count == read.height
        yield file.relative_to(folder).as_posix(), count, read["user_id"].to_list()


def csv_of(rows: pl.DataFrame, table: Table, folder: Path, *, gzipped: bool = False) -> bytes:
    parquet, csv = folder / "rows.parquet", folder / "rows.csv"
    rows.write_parquet(parquet)
    write_csv(parquet, table, csv, gzipped=gzipped)
    return csv.read_bytes()


def test_a_file_has_at_most_so_many_rows_and_rows_keep_their_order(tmp_path: Path) -> None:
    files = list(written(sessions(*[NOON] * 5), tmp_path, MAX_RECORDS_PER_FILE=2))
    assert files == [
        ("00000.parquet", 2, ["u0", "u1"]),
        ("00001.parquet", 2, ["u2", "u3"]),
        ("00002.parquet", 1, ["u4"]),
    ]


def test_without_rows_there_is_no_file(tmp_path: Path) -> None:
    for by_date in (False, True):
        assert list(written(sessions(), tmp_path, PARTITION_BY_DATE=by_date)) == []
    assert list(tmp_path.rglob("*.parquet")) == []


def test_rows_go_to_the_folder_of_their_utc_date_and_numbers_go_on_over_folders(tmp_path: Path) -> None:
    midnight = datetime(2026, 1, 2, tzinfo=UTC)
    starts = (midnight, NOON, midnight - timedelta(microseconds=1), NOON)
    files = list(written(sessions(*starts), tmp_path, PARTITION_BY_DATE=True, MAX_RECORDS_PER_FILE=2))
    assert files == [
        ("dt=2026-01-01/00000.parquet", 2, ["u1", "u2"]),
        ("dt=2026-01-01/00001.parquet", 1, ["u3"]),
        ("dt=2026-01-02/00002.parquet", 1, ["u0"]),
    ]


def test_times_without_a_four_digit_year_have_a_folder_of_their_own(tmp_path: Path) -> None:
    year_10000 = (datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC) - EPOCH) // timedelta(
        microseconds=1
    ) + 1
    year_1 = (datetime(1, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
    starts = (year_10000, year_10000 - 1, year_1, year_1 - 1, 2**63 - 1, -(2**63), NOON)
    rows = sessions(*starts).vstack(rows_of(SESSIONS, {"user_id": "null"}))
    files = list(written(rows, tmp_path, PARTITION_BY_DATE=True))
    assert files == [
        ("dt=0001-01-01/00000.parquet", 1, ["u2"]),
        ("dt=2026-01-01/00001.parquet", 1, ["u6"]),
        ("dt=9999-12-31/00002.parquet", 1, ["u1"]),
        (f"{NO_DATE}/00003.parquet", 5, ["u0", "u3", "u4", "u5", "null"]),
    ]


HOSTILE = [
    "",
    " ",
    ",",
    '"',
    '""',
    "\r\n",
    "\n",
    "a\rb",
    "\t",
    "\0",
    "null",
    "NULL",
    "\\",
    "\\N",
    "'",
    ";",
    "#",
    "=1+1",
    "ü€😀",
    "\u2028",
    "\ufeff",
    "x" * 100_000,
    None,
]


@pytest.mark.parametrize("gzipped", [False, True])
def test_hostile_text_reads_back_as_it_was(tmp_path: Path, gzipped: bool) -> None:
    rows = rows_of(
        PAGE_METRICS, *({"window_start": NOON, "window_end": NOON, "page": page} for page in HOSTILE)
    )
    content = csv_of(rows, PAGE_METRICS, tmp_path, gzipped=gzipped)
    assert read_csv_rows(content, PAGE_METRICS, gzipped=gzipped).equals(rows, null_equal=True)


def test_csv_has_the_form_that_the_documentation_promises(tmp_path: Path) -> None:
    moment = NOON + timedelta(microseconds=1)
    row = {"window_start": NOON, "window_end": moment, "pageviews": 1, "revenue": 1e7}
    rows = rows_of(PAGE_METRICS, {**row, "page": 'a,"b"'}, {**row, "page": ""}, {**row, "page": None})
    start, end = "2026-01-01T12:00:00.000000Z", "2026-01-01T12:00:00.000001Z"
    text = csv_of(rows, PAGE_METRICS, tmp_path).decode()
    assert text.split("\n") == [
        ",".join(PAGE_METRICS.column_names),
        f'{start},{end},"a,""b""",1,,,,10000000.0',
        f'{start},{end},"",1,,,,10000000.0',
        f"{start},{end},,1,,,,10000000.0",
        "",
    ]
    assert gzip.decompress(csv_of(rows, PAGE_METRICS, tmp_path, gzipped=True)).decode() == text


@pytest.mark.parametrize("revenue", [0.0, 1e-300, 1e12, -1e12, 0.1 + 0.2, 5e-324, 123_456_789.012_345_67])
def test_numbers_read_back_to_the_last_bit(tmp_path: Path, revenue: float) -> None:
    rows = rows_of(PAGE_METRICS, {"window_start": NOON, "window_end": NOON, "revenue": revenue})
    assert read_csv_rows(csv_of(rows, PAGE_METRICS, tmp_path), PAGE_METRICS)["revenue"][0] == revenue


@pytest.mark.parametrize("year", [-8_000, -1, 0, 1, 1969, 9_999, 10_000, 12_000, 250_000])
def test_times_of_any_year_that_a_broker_takes_read_back(tmp_path: Path, year: int) -> None:
    moment_us = round((year - 1970) * 365.2425) * DAY_US + 1
    rows = sessions(moment_us)
    assert read_csv_rows(csv_of(rows, SESSIONS, tmp_path), SESSIONS).equals(rows)


@pytest.mark.parametrize("moment_us", [2**63 - 1, -(2**63), 95_000_000 * DAY_US + 1])
def test_a_time_that_polars_cannot_write_is_left_out_and_ends_nothing(tmp_path: Path, moment_us: int) -> None:
    rows = sessions(moment_us, NOON)
    read = read_csv_rows(csv_of(rows, SESSIONS, tmp_path), SESSIONS)
    assert read["session_start"].to_list() == [None, NOON]
    assert read["user_id"].to_list() == ["u0", "u1"]


def test_bytes_are_base64_and_null_and_no_bytes_are_two_things(tmp_path: Path) -> None:
    values = [b"", None, b"\x00\xff", b"{" * 1_000]
    rows = rows_of(EVENTS_REJECTED, *({"value": value, "kafka_timestamp": NOON} for value in values))
    content = csv_of(rows, EVENTS_REJECTED, tmp_path)
    assert b',"",\n' in content
    assert b",AP8=,\n" in content
    assert read_csv_rows(content, EVENTS_REJECTED)["value"].to_list() == values


def test_a_path_is_never_taken_for_a_pattern_or_a_folder_for_a_column(tmp_path: Path) -> None:
    folder = tmp_path / "a[1]*?{x}" / "dt=2026-01-01"
    folder.mkdir(parents=True)
    for name in ("b[0].parquet", "b0.parquet"):
        sessions(NOON).write_parquet(folder / name)
    rows = scan([folder / "b[0].parquet"]).collect()
    assert (rows.height, rows.columns) == (1, list(SESSIONS.column_names))
