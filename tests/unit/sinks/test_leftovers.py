"""Leftovers: what no record names goes, what a record names or nobody's batch made stays."""

from pathlib import Path

import pytest

from clickstream.clicks import CLICKS
from clickstream.contract.run.batch_record import BatchRecord, LandedFile, LandedTable
from clickstream.contract.run.layout import FORMATS, Layout
from clickstream.contract.run.recorded_batches import records_of
from clickstream.sinks.durable import write_atomically
from clickstream.sinks.start import leftovers


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(output=tmp_path / "output", checkpoint=tmp_path / "checkpoint")


def make(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("rows")
    return path


def landed(layout: Layout, batch_id: int) -> list[Path]:
    """Land one file of each format of page_metrics."""
    files = [
        make(layout.table_dir("page_metrics", each) / layout.landed_name(batch_id, 0, each))
        for each in FORMATS
    ]
    named = [LandedFile(file.relative_to(layout.output).as_posix(), 1, 4, "") for file in files]
    table = LandedTable(1, (named[0],), (named[1],))
    record = BatchRecord("r", "aggregates", "q", batch_id, "events", {}, 0, 0, {"page_metrics": table})
    write_atomically(layout.record_path("aggregates", batch_id), record.to_json())
    return files


def removed(layout: Layout) -> list[Path]:
    records = records_of(layout, "aggregates")
    return leftovers.remove(
        layout, CLICKS.tables, recorded=[file.path for record in records for file in record.files()]
    )


def test_an_output_that_is_not_there_has_no_leftovers(layout: Layout) -> None:
    assert removed(layout) == []


def test_staged_files_and_landed_files_without_record_go_and_everything_else_stays(layout: Layout) -> None:
    kept = [*landed(layout, 0), make(layout.table_dir("page_metrics", "parquet") / "batch-mine.parquet")]
    kept.append(make(layout.table_dir("page_metrics", "csv") / "notes.csv"))
    torn = [
        make(layout.table_dir("page_metrics", "parquet") / layout.landed_name(1, 0, "parquet")),
        make(layout.table_dir("page_metrics", "csv") / layout.landed_name(0, 1, "csv")),
        make(layout.table_dir("sessions", "parquet") / layout.landed_name(0, 0, "parquet")),
    ]
    staged = make(layout.staging_dir("aggregates", 0, "a1") / "_rows" / "part-0.parquet")

    assert sorted(removed(layout)) == sorted([*torn, staged])

    assert all(file.exists() for file in kept)
    assert not any(file.exists() for file in [*torn, staged])
    assert removed(layout) == []
