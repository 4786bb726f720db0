"""The rows of a batch, as Spark has written them, become the staged files of every table."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

import polars as pl
import pytest

from clickstream.check.decode.schema import schema_of
from clickstream.check.landed.csv_rows import read_csv_rows
from clickstream.clicks import CLICKS
from clickstream.clicks.tables import EVENTS_RAW, EVENTS_REJECTED, GEO_METRICS, PAGE_METRICS, SESSIONS
from clickstream.contract.batch_rows import REASON, TABLE
from clickstream.contract.definition.tables import AGGREGATES, EVENTS, Table
from clickstream.errors import FolderNotWritable
from clickstream.settings import SinkSettings
from clickstream.sinks.landing.staging import Staging, in_words

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class SparkRows:
    """Stands for Spark's frame of a batch: writes polars rows where and as Spark writes them."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self._rows = rows
        self._folders: tuple[str, ...] = ()

    def coalesce(self, _partitions: int) -> "SparkRows":
        return self

    @property
    def write(self) -> "SparkRows":
        return self

    def mode(self, _mode: str) -> "SparkRows":
        return self

    def option(self, _name: str, _value: object) -> "SparkRows":
        return self

    def partitionBy(self, *columns: str) -> "SparkRows":  # noqa: N802 - Spark's name
        self._folders = columns
        return self

    def parquet(self, uri: str) -> None:
        folder = Path(uri.removeprefix("file://"))
        if not self._folders:
            # A task without rows leaves a file without rows.
            for part, rows in enumerate((self._rows, self._rows.clear())):
                rows.write_parquet(folder / f"part-{part:05d}.parquet")
            return
        (by,) = self._folders
        for (value,), rows in self._rows.group_by(by, maintain_order=True):
            name = "__HIVE_DEFAULT_PARTITION__" if value is None else quote(str(value), safe="")
            (folder / f"{by}={name}").mkdir()
            rows.drop(by).write_parquet(folder / f"{by}={name}" / "part-00000.parquet")


Staged = dict[str, tuple[pl.DataFrame, pl.DataFrame]]
"""Of each table the rows in Parquet and those in CSV."""

Stage = Callable[[str, pl.DataFrame], Staged]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    def staged_rows(query: str, rows: pl.DataFrame) -> Staged:
        staging = Staging(CLICKS, query, SinkSettings())
        parquet = staging.write_parquet(cast("DataFrame", SparkRows(rows)), tmp_path)
        csv = staging.write_csv(parquet, tmp_path)
        assert list(csv) == [table.name for table in CLICKS.tables_of(query)]
        return {
            table.name: _read(table, parquet[table.name], csv[table.name])
            for table in CLICKS.tables_of(query)
        }

    return staged_rows


def _read(table: Table, parquet: dict[Path, int], csv: list[Path]) -> tuple[pl.DataFrame, pl.DataFrame]:
    frames = [pl.read_parquet(file, hive_partitioning=False) for file in parquet]
    texts = [read_csv_rows(file.read_bytes(), table) for file in csv]
    rows = list(parquet.values())
    assert [frame.height for frame in frames] == [text.height for text in texts] == rows
    assert all(rows)
    empty = pl.DataFrame(schema=schema_of(table))
    return pl.concat([empty, *frames]), pl.concat([empty, *texts])


def records(*rows: dict[str, Any]) -> pl.DataFrame:
    """Rows of the events query at offsets 0, 1, …; nulls where a test names nothing."""
    schema = {**schema_of(EVENTS_RAW), REASON: pl.String}
    placed = [
        {"kafka_partition": 0, "kafka_offset": offset, "kafka_timestamp": NOON, "event_ts": NOON, **row}
        for offset, row in enumerate(rows)
    ]
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in placed], schema=schema)


def test_an_event_lands_with_all_its_columns_and_in_no_other_table(stage: Stage) -> None:
    rows = records({"event_time": "2026-01-01T12:00:00Z", "user_id": "ann", "revenue": 1.5}, {"page": ""})
    staged = stage(EVENTS, rows)
    for landed in staged[EVENTS_RAW.name]:
        assert landed.equals(rows.drop(REASON), null_equal=True)
    assert [landed.height for landed in staged[EVENTS_REJECTED.name]] == [0, 0]


def test_a_rejected_message_lands_with_its_bytes_and_its_reason(stage: Stage) -> None:
    messages = {
        "empty": (None, b""),
        "not_utf8": (b"\xff\x00", b"\xc3("),
        "wrong_type:user_id": (b'{"user_id":7}',),
        "not_json": (b"x" * 10_000,),
    }
    expected = [(value, reason) for reason, values in messages.items() for value in values]
    rejected = [
        {
            "event_time": None if value is None else base64.b64encode(value).decode(),
            REASON: reason,
            "page": "/",
        }
        for value, reason in expected
    ]
    staged = stage(EVENTS, records(*rejected, {"user_id": "ann"}))
    for landed in staged[EVENTS_REJECTED.name]:
        assert landed.columns == list(EVENTS_REJECTED.column_names)
        in_order = landed.sort("kafka_offset")
        assert in_order.select("value", "reason").rows() == expected
        assert in_order["kafka_offset"].to_list() == list(range(len(expected)))
    assert [landed["user_id"].to_list() for landed in staged[EVENTS_RAW.name]] == [["ann"], ["ann"]]


def aggregated(*rows: tuple[Table, dict[str, Any]]) -> pl.DataFrame:
    """Rows of the aggregates query: the name of a table, and its columns in its struct."""
    tables = CLICKS.tables_of(AGGREGATES)
    schema = {TABLE: pl.String, **{table.name: pl.Struct(dict(schema_of(table))) for table in tables}}
    content = [
        {
            TABLE: of.name,
            **{
                table.name: {name: row.get(name) for name in table.column_names} if table is of else None
                for table in tables
            },
        }
        for of, row in rows
    ]
    return pl.DataFrame(content, schema=schema)


def test_the_rows_of_every_table_are_taken_apart(stage: Stage) -> None:
    window = {"window_start": NOON, "window_end": NOON}
    rows = [
        (PAGE_METRICS, {**window, "page": None, "pageviews": 3}),
        (GEO_METRICS, {**window, "country": None, "browser": None, "events": 4}),
        (PAGE_METRICS, {**window, "page": "/", "pageviews": 5}),
    ]
    staged = stage(AGGREGATES, aggregated(*rows))
    for pages, places, sessions in zip(*staged.values(), strict=True):
        # A null page, country or browser is a group like any other.
        assert pages.select("page", "pageviews").rows() == [(None, 3), ("/", 5)]
        assert places.select("country", "browser", "events").rows() == [(None, None, 4)]
        assert sessions.height == 0


def test_the_group_of_events_without_a_user_is_no_session(stage: Stage) -> None:
    session = {"session_start": NOON, "session_end": NOON, "events_in_session": 2}
    rows = [(SESSIONS, {**session, "user_id": user}) for user in (None, "ann", "", None)]
    for landed in stage(AGGREGATES, aggregated(*rows))[SESSIONS.name]:
        assert landed["user_id"].to_list() == ["ann", ""]


@pytest.mark.parametrize(("query", "rows"), [(EVENTS, records()), (AGGREGATES, aggregated())])
def test_a_batch_without_rows_stages_no_file(stage: Stage, query: str, rows: pl.DataFrame) -> None:
    assert {landed.height for pair in stage(query, rows).values() for landed in pair} == {0}


def test_a_full_disk_is_told_in_words_and_another_error_passes(tmp_path: Path) -> None:
    with pytest.raises(FolderNotWritable, match="cannot be written"), in_words(tmp_path):
        raise pl.exceptions.ComputeError("No space left on device (os error 28)")
    with pytest.raises(pl.exceptions.ComputeError, match="of another kind"), in_words(tmp_path):
        raise pl.exceptions.ComputeError("an error of another kind")
