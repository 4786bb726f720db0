"""Staged files get names that depend on the batch alone, in the folder of their date."""

from pathlib import Path

import pytest

from clickstream.clicks.tables import PAGE_METRICS
from clickstream.contract.run.layout import NO_DATE, Layout
from clickstream.sinks.landing.placing import place, remove_earlier_try


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(output=tmp_path / "output", checkpoint=tmp_path / "checkpoint")


def staged(
    layout: Layout, attempt: str, *dates: str, packed: bool = False
) -> tuple[dict[Path, int], list[Path]]:
    """One staged file of each format and date, as Spark names them."""
    folder = layout.staging_dir("aggregates", 7, attempt) / "page_metrics"
    parquet, csv = [], []
    for number, date in enumerate(dates):
        parquet.append(folder / "parquet" / date / f"part-00000-{attempt}.c000.zstd.parquet")
        csv.append(folder / "csv" / "00000" / f"part-{number:05d}-{attempt}.csv{'.gz' if packed else ''}")
    for file in (*parquet, *csv):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{attempt} {file.parent.name}")
    return {file: rows for rows, file in enumerate(parquet, start=1)}, csv


def names(layout: Layout) -> list[str]:
    folder = layout.output / "page_metrics"
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_without_dates_a_file_lies_in_the_tables_own_folder(layout: Layout) -> None:
    landed = place(layout, PAGE_METRICS, 7, *staged(layout, "a", ""))
    assert names(layout) == [
        "csv/batch-000000000007-00000.csv",
        "parquet/batch-000000000007-00000.parquet",
    ]
    assert landed.parquet[0].path == "page_metrics/parquet/batch-000000000007-00000.parquet"


def test_file_k_of_both_formats_lies_under_the_date_of_its_rows(layout: Layout) -> None:
    landed = place(layout, PAGE_METRICS, 7, *staged(layout, "a", "dt=2026-01-01", NO_DATE, packed=True))
    assert [file.path for file in landed.csv] == [
        "page_metrics/csv/dt=2026-01-01/batch-000000000007-00000.csv.gz",
        f"page_metrics/csv/{NO_DATE}/batch-000000000007-00001.csv.gz",
    ]
    assert [(file.path.split("/")[2], file.rows) for file in landed.parquet] == [
        ("dt=2026-01-01", 1),
        (NO_DATE, 2),
    ]
    assert landed.rows == 3


def test_a_later_try_gives_the_same_names_and_its_files_take_the_place_of_the_earlier_ones(
    layout: Layout,
) -> None:
    first = place(layout, PAGE_METRICS, 7, *staged(layout, "a", "dt=2026-01-01"))
    again = place(layout, PAGE_METRICS, 7, *staged(layout, "b", "dt=2026-01-01"))
    assert [file.path for file in again.parquet] == [file.path for file in first.parquet]
    assert (layout.output / again.parquet[0].path).read_text().startswith("b ")
    assert len(names(layout)) == 2


def test_what_an_earlier_try_of_another_form_left_goes_and_other_batches_stay(layout: Layout) -> None:
    place(layout, PAGE_METRICS, 6, *staged(layout, "a", "dt=2026-01-01"))
    kept = names(layout)
    place(layout, PAGE_METRICS, 7, *staged(layout, "b", "", "dt=2026-01-01", packed=True))
    assert len(names(layout)) == 6
    remove_earlier_try(layout, PAGE_METRICS, 7)
    assert names(layout) == kept


def test_a_table_without_rows_has_no_files(layout: Layout) -> None:
    landed = place(layout, PAGE_METRICS, 7, {}, [])
    assert (landed.rows, landed.parquet, landed.csv, names(layout)) == (0, (), (), [])
