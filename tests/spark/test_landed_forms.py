"""Folders by date and compressed CSV, begun with in the middle of a run, after a try without them."""

import gzip
import json
from pathlib import Path

import polars as pl
import pytest
from pyspark.sql import SparkSession

from clickstream.check.landed.csv_rows import read_csv_rows
from clickstream.clicks.tables import EVENTS_RAW, EVENTS_REJECTED, TABLES
from clickstream.contract.definition.tables import EVENTS, Table
from clickstream.contract.run.layout import NO_DATE
from clickstream.errors import PartDied
from clickstream.sinks.landing.points import FILES_MOVED
from file_topic import click
from landing_job import LandingJob, killed_at

BY_DATE = {"PARTITION_BY_DATE": True, "CSV_COMPRESSION": "gzip"}
NEAR_MIDNIGHT = ("2025-12-31T23:59:59.999999Z", "2026-01-01T00:00:00Z", "2026-01-01T00:30:00+01:00")
BEYOND_FOUR_DIGITS = ("9999-12-31T23:30:00-05:00", "0001-01-01T00:30:00+01:00")
"""The years 10000 and 0, in UTC."""


def at(moment: str) -> bytes:
    return json.dumps({"event_time": moment, "user_id": "u", "page": "/"}).encode()


@pytest.fixture(scope="module")
def job(session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> LandingJob:
    """A batch without dates, one killed with its files moved, and the same again by date."""
    job = LandingJob(session, tmp_path_factory.mktemp("forms"))
    job.topic.add(click(), b"")
    job.run()
    job.topic.add(*map(at, (*NEAR_MIDNIGHT, *BEYOND_FOUR_DIGITS)), b"{", click("12:30:00"))
    with pytest.raises(PartDied):
        job.run(reached=killed_at(FILES_MOVED, time=1, query=EVENTS))
    job.run(sink=BY_DATE)
    return job


def rows_by_file(job: LandingJob, table: Table, file_format: str) -> dict[str, pl.DataFrame]:
    rows = {}
    for path in job.files(table, file_format):
        content = path.read_bytes()
        name = path.relative_to(job.layout.table_dir(table.name, file_format)).as_posix()
        if file_format == "csv":
            text = gzip.decompress(content) if path.suffix == ".gz" else content
            rows[name] = read_csv_rows(text, table)
        else:
            rows[name] = pl.read_parquet(content, hive_partitioning=False)
    return rows


@pytest.mark.acts("PARTITION_BY_DATE", "CSV_COMPRESSION")
def test_rows_lie_in_the_folder_of_their_utc_date_and_those_without_one_in_hives(job: LandingJob) -> None:
    by_file = rows_by_file(job, EVENTS_RAW, "parquet")
    assert {Path(name).parent.name: rows["event_time"].to_list() for name, rows in by_file.items()} == {
        "": ["2026-03-01T12:00:00Z"],
        "dt=2025-12-31": [NEAR_MIDNIGHT[0], NEAR_MIDNIGHT[2]],
        "dt=2026-01-01": [NEAR_MIDNIGHT[1]],
        "dt=2026-03-01": ["2026-03-01T12:30:00Z"],
        NO_DATE: list(BEYOND_FOUR_DIGITS),
    }
    assert [Path(name).name for name in by_file] == [
        "batch-000000000000-00000.parquet",
        *(f"batch-000000000001-{part:05d}.parquet" for part in range(4)),
    ]
    # Rejected messages have no other time than the record's own.
    assert list(rows_by_file(job, EVENTS_REJECTED, "csv")) == [
        "batch-000000000000-00000.csv",
        "dt=2026-03-01/batch-000000000001-00000.csv.gz",
    ]


def test_file_k_of_both_formats_lies_under_the_same_date_with_the_same_rows(job: LandingJob) -> None:
    for table in TABLES:
        parquet, csv = rows_by_file(job, table, "parquet"), rows_by_file(job, table, "csv")
        assert [name.removesuffix(".parquet") for name in parquet] == [
            name.removesuffix(".gz").removesuffix(".csv") for name in csv
        ]
        for of_parquet, of_csv in zip(parquet.values(), csv.values(), strict=True):
            assert of_parquet.columns == list(table.column_names)
            assert of_csv.equals(of_parquet)


def test_what_a_try_of_another_form_left_is_gone_and_a_start_looks_into_the_folders(job: LandingJob) -> None:
    assert job.named_files() == job.all_files()
    assert all("_staging" in path.parts for path in job.remove_leftovers())
    dated = job.files(EVENTS_RAW, "csv")[-1].parent
    torn = dated / job.layout.landed_name(7, 0, "csv.gz")
    torn.write_bytes(b"torn")
    alone = dated.parent / "dt=1999-01-01" / torn.name
    alone.parent.mkdir()
    alone.write_bytes(b"torn")
    assert job.remove_leftovers() == sorted([torn, alone])
    assert not alone.parent.exists()
    assert job.named_files() == job.all_files()


def test_other_readers_find_the_date_in_the_path(job: LandingJob, session: SparkSession) -> None:
    folder = job.layout.table_dir("events_raw", "parquet")
    dated = sorted(str(path) for path in folder.glob("dt=*/*.parquet"))
    counts = {"2025-12-31": 2, "2026-01-01": 1, "2026-03-01": 1, None: 2}
    by_spark = session.read.option("basePath", str(folder)).parquet(*dated).groupBy("dt").count().collect()
    assert {None if row["dt"] is None else str(row["dt"]): row["count"] for row in by_spark} == counts
    by_polars = pl.scan_parquet(dated, hive_partitioning=True).collect()["dt"].cast(pl.String).value_counts()
    assert dict(by_polars.rows()) == counts
