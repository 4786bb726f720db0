"""A compaction ended anywhere, met by readers and starts: every batch is there once, with all of its rows."""

import gzip
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as testing_settings
from hypothesis import strategies as st

from clickstream.check.findings import Code, Severity
from clickstream.contract.batch import BatchRecord, LandedFile, LandedTable
from clickstream.contract.compacted import CompactedRecord
from clickstream.contract.landed import UnreadableRecord, record_of, records_of
from clickstream.contract.layout import FORMATS, Layout
from clickstream.contract.tables import EVENTS_RAW, PAGE_METRICS, QUERIES, TABLES, tables_of
from clickstream.duration import Duration
from clickstream.errors import OutputDamaged, RunInProgress
from clickstream.settings import SinkSettings
from clickstream.sinks import leftovers
from clickstream.sinks.compacting import (
    COMPACTED,
    MERGED,
    MERGED_MOVED,
    POINTS,
    REPLACED_FILES_REMOVED,
    Compaction,
    alone,
    compact,
)
from clickstream.sinks.durable import sealed
from clickstream.sinks.standing import standing_files
from clickstream.testing import ManualClock
from unit.check.landing import Landing, land

HOUR = Duration.parse("1 hour")
AT_ONCE = Duration(0)


class Ended(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return land(tmp_path, empty_batches=4)


def run(
    landing: Landing,
    *,
    keep: int = 2,
    remove_after: Duration = AT_ONCE,
    clock: ManualClock | None = None,
    end_at: str = "",
    **sink: object,
) -> Compaction:
    def reached(point: str) -> None:
        if point == end_at:
            raise Ended(point)

    return compact(
        landing.layout,
        SinkSettings(**sink),
        keep=keep,
        remove_after=remove_after,
        clock=clock or ManualClock(),
        reached=reached,
    )


def rows_by_batch(layout: Layout) -> dict[tuple[str, int], list[dict]]:
    """What a reader sees that goes by the records, Parquet and CSV held to the same count."""
    seen = {}
    for query in QUERIES:
        for record in records_of(layout, query):
            for table in tables_of(query):
                landed = record.tables[table.name]
                assert sum(file.rows for file in landed.csv) == landed.rows
                rows = [
                    row
                    for file in landed.parquet
                    for row in pl.read_parquet(layout.output / file.path, hive_partitioning=False, glob=False)
                    .slice(file.first_row, file.rows)
                    .to_dicts()
                ]
                assert len(rows) == landed.rows
                seen[table.name, record.batch_id] = sorted(rows, key=str)
    return seen


def files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def table_files(layout: Layout) -> list[Path]:
    return [path for table in TABLES for path in files_below(layout.output / table.name)]


def put_under_dates(landing: Landing) -> None:
    """Land everything again by date: midnight falls into the story."""
    output = landing.layout.output
    for query in QUERIES:
        for record in records_of(landing.layout, query):
            tables = {}
            for name, landed in record.tables.items():
                dated_by = next(table.dated_by for table in TABLES if table.name == name)
                by_format = {}
                for file_format, entries in zip(FORMATS, (landed.parquet, landed.csv), strict=True):
                    by_format[file_format] = [
                        part for entry in entries for part in divided(output, entry, file_format, dated_by)
                    ]
                tables[name] = LandedTable(landed.rows, *(tuple(by_format[each]) for each in FORMATS))
            landing.write_record(replace(record, tables=tables))


def divided(output: Path, entry: LandedFile, file_format: str, dated_by: str) -> list[LandedFile]:
    source = output / entry.path
    # By rows as CSV has them: a line break may stand in a quoted text.
    rows = pl.read_csv(source, infer_schema=False) if file_format == "csv" else pl.read_parquet(source)
    source.unlink()
    parts = []
    date = pl.col(dated_by).cast(pl.String).str.head(10)
    for number, day in enumerate(rows.select(date.unique().sort())[dated_by]):
        part = rows.filter(date == day)
        stem = source.name.removesuffix(f"-00000.{file_format}")
        target = source.parent / f"dt={day}" / f"{stem}-{number:05d}.{file_format}"
        target.parent.mkdir(exist_ok=True)
        part.write_csv(target) if file_format == "csv" else part.write_parquet(target)
        parts.append(LandedFile(target.relative_to(output).as_posix(), part.height, *sealed(target)))
    return parts


def test_old_batches_become_one_record_and_a_file_of_each_table_and_the_check_passes_in_full(landing) -> None:
    before = rows_by_batch(landing.layout)
    done = run(landing)
    assert rows_by_batch(landing.layout) == before
    assert (done.batches, done.files_after) == (4 * 6, 2 * len(TABLES))
    assert done.files_removed == done.files_before
    for query in QUERIES:
        assert [path.name for path in landing.layout.record_paths(query)] == [
            "000000000006.json",
            "000000000007.json",
        ]
        assert [path.name for path in files_below(landing.layout.compacted_dir(query))] == [
            "000000000000-000000000005.json"
        ]
    assert [path.name for path in table_files(landing.layout)] == [
        f"compacted-000000000000-000000000005-00000.{each}" for _ in TABLES for each in ("csv", "parquet")
    ]
    verdict = landing.verify()
    assert verdict.findings == ()
    assert (verdict.events, verdict.rejected) == (9, 3)
    assert not landing.layout.compacting_dir().exists()


@pytest.mark.parametrize("point", POINTS)
def test_a_compaction_ended_at_any_point_leaves_one_view_and_the_next_one_ends_it(landing, point) -> None:
    before = rows_by_batch(landing.layout)
    with pytest.raises(Ended, match=point):
        run(landing, end_at=point)
    assert rows_by_batch(landing.layout) == before
    assert landing.verify().passed

    run(landing)

    assert rows_by_batch(landing.layout) == before
    assert landing.verify().findings == ()
    assert all(path.name.startswith("compacted-") for path in table_files(landing.layout))
    assert not any(landing.layout.record_paths(query)[0].stem == "0" * 12 for query in QUERIES)


@pytest.mark.parametrize("point", POINTS)
def test_a_start_after_a_compaction_that_ended_anywhere_finds_all_standing(landing, point) -> None:
    before = rows_by_batch(landing.layout)
    with pytest.raises(Ended):
        run(landing, end_at=point)
    removed = leftovers.remove(landing.layout, named=standing_files(landing.layout))
    # Only what had its name and no record; what is replaced stays for readers.
    assert bool(removed) == (point == MERGED_MOVED)
    assert all(path.name.startswith("compacted-") for path in removed)
    assert rows_by_batch(landing.layout) == before
    assert landing.verify().findings == ()


def test_files_of_a_compaction_without_record_are_named_by_the_check_and_no_failure(landing) -> None:
    with pytest.raises(Ended):
        run(landing, end_at=MERGED_MOVED)
    found = landing.verify().findings
    assert {(finding.code, finding.severity) for finding in found} == {(Code.FILE_LEFTOVER, Severity.WARNING)}
    assert "clickstream compact" in found[0].sentence


def test_merged_files_whose_record_is_lost_stay_until_all_of_their_batches_have_one(landing) -> None:
    run(landing)
    before = rows_by_batch(landing.layout)
    (record,) = landing.layout.compacted_dir("sessions").iterdir()
    away = record.rename(landing.layout.output / "kept.json")
    for _ in range(2):
        run(landing)
    away.rename(record)
    assert rows_by_batch(landing.layout) == before


def test_a_file_that_is_only_named_like_a_record_is_none(landing) -> None:
    before = rows_by_batch(landing.layout)
    record = landing.layout.record_path("events_raw", 3)
    shutil.copy(record, record.with_name("3.json"))
    assert rows_by_batch(landing.layout) == before
    standing_files(landing.layout)
    assert landing.verify().passed


@pytest.mark.parametrize("name", ["a [1] b", "*", "{a,b}", "?", "dt=2026-01-01"])
def test_a_folder_may_have_any_name(tmp_path, name) -> None:
    landing = land(tmp_path / name, empty_batches=4)
    before = rows_by_batch(landing.layout)
    run(landing)
    assert rows_by_batch(landing.layout) == before
    assert landing.verify().passed


def test_replaced_files_stay_until_readers_have_had_their_time(landing) -> None:
    clock = ManualClock()
    small = table_files(landing.layout)
    assert run(landing, remove_after=HOUR, clock=clock).files_removed == 0
    assert set(small) < set(table_files(landing.layout))
    assert landing.verify().findings == ()
    assert leftovers.remove(landing.layout) == []

    clock.sleep(3_599)
    assert run(landing, remove_after=HOUR, clock=clock) == Compaction(0, 0, 0, 0)
    clock.sleep(1)
    assert run(landing, remove_after=HOUR, clock=clock).files_removed == len(small)
    assert not set(small) & set(table_files(landing.layout))


def test_the_newest_batches_are_left_alone_however_few_are_asked_for(landing) -> None:
    assert run(landing, keep=0).batches == 4 * 6
    assert run(landing, keep=0).batches == 0
    for query in QUERIES:
        record = record_of(landing.layout, query, 5)
        assert record is not None
        assert record.batch_id == 5
        assert record_of(landing.layout, query, 8) is None


def test_with_too_few_batches_nothing_happens(landing) -> None:
    before = files_below(landing.layout.output)
    assert run(landing, keep=10) == Compaction(0, 0, 0, 0)
    assert [path for path in files_below(landing.layout.output) if path.name != "compact.lock"] == before


def test_folders_by_date_are_merged_each_for_itself_and_packed_on_request(landing) -> None:
    before = rows_by_batch(landing.layout)
    put_under_dates(landing)
    assert rows_by_batch(landing.layout) == before
    run(landing, CSV_COMPRESSION="gzip")
    assert rows_by_batch(landing.layout) == before
    assert landing.verify().findings == ()
    names = {path.relative_to(landing.layout.output).as_posix() for path in table_files(landing.layout)}
    stem = "compacted-000000000000-000000000005"
    assert {name for name in names if name.startswith("events_raw/")} == {
        f"events_raw/parquet/dt=2025-12-31/{stem}-00000.parquet",
        f"events_raw/parquet/dt=2026-01-01/{stem}-00001.parquet",
        f"events_raw/csv/dt=2025-12-31/{stem}-00000.csv.gz",
        f"events_raw/csv/dt=2026-01-01/{stem}-00001.csv.gz",
    }
    # The same row of Parquet and CSV is in file k.
    for parquet in landing.layout.output.glob("*/parquet/dt=*/*.parquet"):
        csv = Path(str(parquet).replace("/parquet/", "/csv/").replace(".parquet", ".csv.gz"))
        assert pl.read_csv(gzip.decompress(csv.read_bytes())).height == pl.read_parquet(parquet).height


def test_a_second_compaction_at_the_same_time_is_refused(landing) -> None:
    with alone(landing.layout), pytest.raises(RunInProgress, match="Another compaction"):
        run(landing)


def test_what_lands_after_a_compaction_goes_on_and_is_compacted_the_next_time(landing, tmp_path) -> None:
    longer = land(tmp_path / "longer", empty_batches=9)
    run(landing)
    for query in QUERIES:
        for batch_id in range(8, 13):
            landing.write_record(longer.record(query, batch_id))
            for log in ("offsets", "commits"):
                shutil.copy(
                    longer.layout.query_checkpoint(query) / log / str(batch_id),
                    landing.layout.query_checkpoint(query) / log / str(batch_id),
                )
    assert landing.verify().findings == ()
    assert run(landing).batches == 4 * 5
    assert landing.verify().findings == ()
    assert [record.batch_id for record in records_of(landing.layout, "sessions")] == list(range(13))


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_damaged_file_is_named_and_its_batches_stay_as_they_were(landing, file_format) -> None:
    damaged = landing.files("page_metrics", file_format)[0]
    damaged.write_bytes(damaged.read_bytes()[:-1])
    records = landing.layout.record_paths("page_metrics")
    with pytest.raises(OutputDamaged, match=damaged.name):
        run(landing)
    assert landing.layout.record_paths("page_metrics") == records
    assert {finding.code for finding in landing.verify().failures} >= {Code.FILE_CHANGED}


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_damaged_compacted_file_is_found_once_and_by_the_start(landing, file_format) -> None:
    run(landing)
    (file,) = landing.files("page_metrics", file_format)
    file.write_bytes(file.read_bytes() + b"\n")
    changed = [finding for finding in landing.verify().failures if "bytes long" in finding.sentence]
    assert [finding.file for finding in changed] == [file.relative_to(landing.layout.output).as_posix()]
    with pytest.raises(OutputDamaged, match=file.name):
        standing_files(landing.layout)


def test_a_damaged_compaction_record_is_named_by_check_and_start_and_nothing_is_removed(landing) -> None:
    run(landing, remove_after=HOUR)
    path = landing.layout.compacted_path("page_metrics", 0, 5)
    path.write_bytes(path.read_bytes().replace(b'"rows": 4', b'"rows": 3', 1))
    files = table_files(landing.layout)
    (invalid,) = [f for f in landing.verify().failures if f.code is Code.RECORD_INVALID]
    assert invalid.file == "_landed/page_metrics/compacted/000000000000-000000000005.json"
    with pytest.raises(OutputDamaged, match=path.name):
        standing_files(landing.layout)
    with pytest.raises(OutputDamaged, match=path.name):
        run(landing)
    assert table_files(landing.layout) == files
    with pytest.raises(UnreadableRecord):
        records_of(landing.layout, "page_metrics")


def test_rows_that_no_batch_names_are_noticed(landing) -> None:
    run(landing)
    path = landing.layout.compacted_path("page_metrics", 0, 5)
    record = CompactedRecord.read(path)
    (file,) = landing.files("page_metrics")
    rows = pl.read_parquet(file)
    pl.concat([rows, rows.tail(1)]).write_parquet(file)
    size_bytes, sha256 = sealed(file)

    def with_one_more(batch: BatchRecord) -> BatchRecord:
        landed = batch.tables["page_metrics"]
        entries = tuple(
            replace(entry, size_bytes=size_bytes, sha256=sha256, file_rows=rows.height + 1)
            for entry in landed.parquet
        )
        return replace(batch, tables={"page_metrics": replace(landed, parquet=entries)})

    path.write_text(replace(record, batches=tuple(map(with_one_more, record.batches))).to_json())
    (finding,) = landing.verify().failures
    assert finding.code is Code.FILE_LEFTOVER
    assert "batches name 5" in finding.sentence


def test_a_reader_that_has_the_records_of_before_can_read_on(landing) -> None:
    records = records_of(landing.layout, "events_raw")
    run(landing, remove_after=HOUR)
    for record in records:
        for file in record.files():
            assert (landing.layout.output / file.path).exists()


def test_the_order_of_points_is_the_order_of_a_compaction(landing) -> None:
    seen: list[str] = []
    compact(
        landing.layout, SinkSettings(), keep=2, remove_after=AT_ONCE, clock=ManualClock(), reached=seen.append
    )
    assert seen == [MERGED, MERGED_MOVED, COMPACTED] * 4 + [*POINTS[3:]] * 4
    assert POINTS[3] == REPLACED_FILES_REMOVED


@testing_settings(max_examples=20)
@given(st.lists(st.integers(0, 3), min_size=3, max_size=7))
def test_a_compaction_record_reads_back_the_same(rows: list[int]) -> None:
    total = sum(rows)
    starts = [sum(rows[:at]) for at in range(len(rows))]

    def spans(suffix: str, at: int) -> tuple[LandedFile, ...]:
        path = f"page_metrics/{suffix}/compacted-1.{suffix}"
        return (LandedFile(path, rows[at], 9, "ab", starts[at], total),) if rows[at] else ()

    batches = tuple(
        BatchRecord(
            "r",
            PAGE_METRICS.query,
            "q",
            at,
            "events",
            {0: (at, at + 1)},
            at,
            max(at - 1, 0),
            {"page_metrics": LandedTable(rows[at], spans("parquet", at), spans("csv", at))},
        )
        for at in range(len(rows))
    )
    record = CompactedRecord(1, batches)
    assert CompactedRecord.from_json(record.to_json()) == record
    assert EVENTS_RAW.name not in record.batches[0].tables
