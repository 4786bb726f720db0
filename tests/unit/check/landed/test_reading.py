"""`clickstream.read`: the landed rows by the batch records alone."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

import clickstream
from clickstream.check.decode.schema import schema_of
from clickstream.clicks.tables import TABLES
from clickstream.errors import OutputDamaged, UsageError
from unit.check.landing import Landing, land, table_named

EVENTS_RAW, SESSIONS = table_named("events_raw"), table_named("sessions")


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return land(tmp_path)


def rows_of(landing: Landing, table: str) -> pl.DataFrame:
    return clickstream.read(table, landing.layout.output).collect()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_rows_of_all_batches_come_with_the_tables_columns_and_types(landing, table):
    rows = rows_of(landing, table.name)
    in_files = pl.concat(pl.read_parquet(path) for path in landing.files(table.name))
    assert rows.schema == schema_of(table)
    assert rows.sort(table.key).equals(in_files.sort(table.key))


def test_a_file_that_no_record_names_is_not_read(landing):
    named = landing.rows(SESSIONS, 2)
    (landing.layout.table_dir("sessions", "parquet") / "batch-000000000099-00000.parquet").write_bytes(
        b"torn"
    )
    assert rows_of(landing, "sessions").height == 3
    landing.layout.record_path("aggregates", 3).unlink()
    assert 0 < named.height < 3
    assert rows_of(landing, "sessions").equals(named)


def test_a_table_without_rows_has_its_columns_and_types(tmp_path):
    landing = land(tmp_path, ((),))
    for table in TABLES:
        rows = rows_of(landing, table.name)
        assert (rows.height, rows.schema) == (0, schema_of(table))


def test_files_in_folders_by_date_are_read_and_the_date_is_no_column(landing):
    record = landing.record("aggregates", 2)
    (entry,) = record.tables["sessions"].parquet
    path = Path(entry.path)
    moved = path.parent / "dt=2026-01-01" / path.name
    (landing.layout.output / moved).parent.mkdir()
    (landing.layout.output / path).rename(landing.layout.output / moved)
    landed = replace(record.tables["sessions"], parquet=(replace(entry, path=moved.as_posix()),))
    landing.write_record(replace(record, tables={**record.tables, "sessions": landed}))
    rows = rows_of(landing, "sessions")
    assert (rows.height, rows.schema) == (3, schema_of(SESSIONS))


def test_a_folder_name_with_signs_of_a_pattern_is_a_name(tmp_path):
    assert rows_of(land(tmp_path / "a[1]*{x}"), "events_raw").height == 9


@pytest.mark.acts("OUTPUT_PATH", "RUN_ID")
def test_by_default_it_is_the_run_of_the_settings(tmp_path, monkeypatch):
    landing = land(tmp_path)
    landing.layout.output.rename(tmp_path / "mine")
    monkeypatch.setenv("OUTPUT_PATH", str(tmp_path))
    monkeypatch.setenv("RUN_ID", "mine")
    assert clickstream.read("events_raw").collect().height == 9
    assert clickstream.read("events_raw", tmp_path).collect().height == 9


def test_an_unknown_table_is_refused_with_those_that_there_are(landing):
    with pytest.raises(UsageError, match="events_rew") as refused:
        clickstream.read("events_rew", landing.layout.output)
    assert "events_rejected" in refused.value.next_step


def test_a_folder_without_a_run_is_refused_and_no_empty_table(tmp_path):
    with pytest.raises(UsageError, match="No run has landed"):
        clickstream.read("events_raw", tmp_path)


def test_a_missing_file_and_a_damaged_record_are_named(landing):
    landing.files("events_raw")[0].unlink()
    with pytest.raises(OutputDamaged, match=r"batch-000000000000-00000\.parquet is missing"):
        clickstream.read("events_raw", landing.layout.output)
    landing.layout.record_path("aggregates", 2).write_text("{")
    with pytest.raises(OutputDamaged, match=r"000000000002\.json"):
        clickstream.read("sessions", landing.layout.output)


def test_importing_the_package_imports_no_polars():
    script = "import sys, clickstream; assert 'polars' not in sys.modules; clickstream.read"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_what_the_package_does_not_have_is_said_as_python_says_it():
    with pytest.raises(AttributeError, match="no attribute 'write'"):
        clickstream.write  # noqa: B018 - the access is the test
