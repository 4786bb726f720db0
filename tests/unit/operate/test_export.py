"""Every landed row of a table once in one file, whole or not at all."""

import resource
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

import clickstream
from clickstream.check.landed.csv_rows import read_csv_rows
from clickstream.cli.entry import app
from clickstream.clicks import CLICKS
from clickstream.clicks.event import CLICK
from clickstream.clicks.tables import TABLES
from clickstream.contract.definition.description import describe
from clickstream.contract.definition.tables import Table
from clickstream.errors import (
    ClickstreamError,
    CouldNotCheck,
    FolderNotWritable,
    OutputDamaged,
    SettingInvalid,
    UsageError,
)
from unit.check.landing import RUN, Landing, land, table_named

EVENTS_REJECTED = table_named("events_rejected")


@pytest.fixture
def landing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Landing:
    """A run whose folders are those of the settings, and a folder to export to."""
    landing = land(tmp_path / "a[1]*")
    monkeypatch.setenv("OUTPUT_PATH", str(tmp_path / "a[1]*"))
    monkeypatch.setenv("RUN_ID", "output")
    monkeypatch.chdir(tmp_path)
    return landing


def export(*arguments: str) -> str:
    ended = CliRunner().invoke(app, ["export", *arguments])
    if ended.exception is not None:
        raise ended.exception
    return ended.stdout


def landed(landing: Landing, table: Table) -> pl.DataFrame:
    return clickstream.read(table.name, landing.layout.output).collect()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_parquet_and_csv_hold_every_landed_row_once(landing: Landing, table: Table) -> None:
    rows = landed(landing, table)
    assert (
        export(table.name, "rows.parquet")
        == f"Exported {rows.height:,} rows of {table.name} to rows.parquet.\n"
    )
    assert pl.read_parquet("rows.parquet").equals(rows)
    export(table.name, "rows.CSV")
    assert read_csv_rows(Path("rows.CSV").read_bytes(), table).equals(rows)


@pytest.mark.parametrize("name", ["rows.ndjson", "rows.jsonl"])
def test_ndjson_has_an_object_a_row_with_times_and_bytes_as_in_csv(landing: Landing, name: str) -> None:
    export("events_rejected", name)
    rows = pl.read_ndjson(name)
    assert rows.columns == list(EVENTS_REJECTED.column_names)
    assert rows["value"].to_list() == ["eyJ1c2VyX2lkIjo3fQ==", None, "/w=="]
    assert rows["kafka_timestamp"].str.ends_with("Z").all()


def test_csv_has_the_form_of_the_landed_files(landing: Landing) -> None:
    export("events_raw", "rows.csv")
    header, *_ = first = landing.files("events_raw", "csv")[0].read_text().splitlines()
    exported = Path("rows.csv").read_text().splitlines()
    assert exported[: len(first)] == first
    assert exported.count(header) == 1


def test_a_table_without_rows_gives_a_file_with_its_columns(tmp_path: Path, landing: Landing) -> None:
    landing.layout.output.rename(tmp_path / "other")
    land(tmp_path / "a[1]*", ((),))
    export("sessions", "none.parquet")
    assert pl.read_parquet("none.parquet").schema == landed(landing, table_named("sessions")).schema
    export("sessions", "none.csv")
    assert Path("none.csv").read_text().splitlines() == [",".join(table_named("sessions").column_names)]


def test_what_no_record_lists_is_not_exported(landing: Landing) -> None:
    rows = landed(landing, EVENTS_REJECTED).height
    file = landing.files("events_rejected")[0]
    file.with_name("batch-000000000009-00000.parquet").write_bytes(file.read_bytes())
    assert f"Exported {rows:,} rows" in export("events_rejected", "rows.csv")


@pytest.mark.parametrize("damage", ["missing", "changed", "no record"])
def test_damaged_output_is_not_exported(landing: Landing, damage: str) -> None:
    file = landing.files("events_raw")[0]
    if damage == "missing":
        file.unlink()
    elif damage == "changed":
        file.write_bytes(bytes([*file.read_bytes()[:-1], 0]))
    else:
        landing.layout.record_path("events", 1).unlink()
    with pytest.raises(OutputDamaged, match=r"atch [01] of events"):
        export("events_raw", "rows.csv")
    assert export("geo_metrics", "rows.csv")
    assert list(Path().glob(".*")) == []


@pytest.mark.parametrize(
    ("file", "error", "what"),
    [
        ("rows.xlsx", UsageError, "suffix of an export format"),
        ("rows", UsageError, "suffix of an export format"),
        ("rows.csv.gz", UsageError, "suffix of an export format"),
        ("no/such/rows.csv", FolderNotWritable, "does not exist"),
        ("a[1]*/output/events_raw/csv/rows.csv", UsageError, "inside the run's output"),
        ("there.csv", UsageError, "exists"),
        ("folder.csv", UsageError, "is a folder"),
        ("there.csv/rows.csv", UsageError, "there.csv is a file"),
        ("there.csv/no/rows.csv", UsageError, "there.csv is a file"),
        ("n" * 252 + ".csv", SettingInvalid, "a name in it is longer than 255 bytes"),
        ("s3://bucket/rows.csv", SettingInvalid, r"FILE=s3://bucket/rows.csv \(from argument\) .* is a URL"),
        ("file:///tmp/rows.csv", SettingInvalid, "is a URL"),
        ("~nobody-of-this-name/rows.csv", SettingInvalid, "home folder of `~` is not known"),
        ("a\x1b[2Jb.csv", SettingInvalid, "control characters"),
    ],
)
def test_a_place_that_cannot_be_used_is_refused(
    landing: Landing, file: str, error: type[ClickstreamError], what: str
) -> None:
    Path("there.csv").write_text("mine")
    Path("folder.csv").mkdir()
    with pytest.raises(error, match=what):
        export("sessions", file)
    assert Path("there.csv").read_text() == "mine"


def test_a_file_that_exists_is_replaced_only_when_asked(landing: Landing) -> None:
    Path("rows.csv").write_text("old")
    export("sessions", "rows.csv", "--overwrite")
    assert Path("rows.csv").read_text().startswith("user_id,")


def test_a_name_may_be_as_long_as_the_file_system_allows(landing: Landing) -> None:
    export("sessions", "n" * 251 + ".csv")
    assert [len(file.name) for file in Path().glob("*.csv")] == [255]


def test_without_a_table_or_a_run_it_says_so(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="There is no table 'sesions'") as refused:
        export("sesions", "rows.csv")
    assert "sessions" in refused.value.next_step
    monkeypatch.setenv("RUN_ID", "none")
    with pytest.raises(CouldNotCheck, match="Nothing has landed"):
        export("sessions", "rows.csv")


@pytest.fixture
def small_files() -> Iterator[None]:
    """A disk on which no file can be longer than a few bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("suffix", ["parquet", "csv", "ndjson"])
def test_on_a_full_disk_no_part_of_a_file_stays(landing: Landing, small_files: None, suffix: str) -> None:
    with pytest.raises(FolderNotWritable, match="cannot be written: File too large"):
        export("events_raw", f"rows.{suffix}")
    assert list(Path().glob("*rows*")) == []


def test_a_run_of_another_contract_is_not_exported(landing: Landing) -> None:
    without_last_field = replace(CLICKS, event=replace(CLICK, fields=CLICK.fields[:-1]))
    landing.layout.output_terms_path().write_text(RUN.to_json(describe(without_last_field)))
    with pytest.raises(CouldNotCheck, match="lacks field revenue"):
        export("events_raw", "out.csv")
