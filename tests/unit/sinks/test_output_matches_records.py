"""What a start refuses to go on from: each damage is named by file and batch, with the ways out."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from clickstream.clicks import CLICKS
from clickstream.clicks.tables import PAGE_METRICS, SESSIONS
from clickstream.contract.definition.tables import AGGREGATES
from clickstream.contract.run.batch_record import BatchRecord, LandedFile, LandedTable
from clickstream.contract.run.layout import FORMATS, Layout
from clickstream.errors import OutputDamaged
from clickstream.sinks.durable import write_atomically
from clickstream.sinks.start.output_matches_records import HASHED_BATCHES, verified_files, verified_records

BATCHES = HASHED_BATCHES + 2


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """Batches of aggregates, each with a file of page_metrics in each format and ten records of the topic."""
    layout = Layout(output=tmp_path / "output", checkpoint=tmp_path / "checkpoint")
    for batch_id in range(BATCHES):
        entries = []
        for file_format in FORMATS:
            path = path_of(layout, batch_id, file_format)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"rows")
            name = path.relative_to(layout.output).as_posix()
            entries.append(LandedFile(name, 1, 4, hashlib.sha256(b"rows").hexdigest()))
        write(
            layout,
            BatchRecord(
                run_id="run",
                query="aggregates",
                query_id="q",
                batch_id=batch_id,
                topic="events",
                offsets={0: (5 if not batch_id else batch_id * 10, (batch_id + 1) * 10)},
                watermark_ms=batch_id * 1_000,
                previous_watermark_ms=max(batch_id - 1, 0) * 1_000,
                tables={
                    **{table.name: LandedTable(0, (), ()) for table in CLICKS.tables_of(AGGREGATES)},
                    "page_metrics": LandedTable(1, (entries[0],), (entries[1],)),
                },
            ),
        )
    return layout


def path_of(layout: Layout, batch_id: int, file_format: str = "parquet") -> Path:
    return layout.table_dir("page_metrics", file_format) / layout.landed_name(batch_id, 0, file_format)


def write(layout: Layout, record: BatchRecord) -> None:
    write_atomically(layout.record_path("aggregates", record.batch_id), record.to_json())


def edit(layout: Layout, batch_id: int, **changes: object) -> None:
    write(layout, replace(BatchRecord.read(layout.record_path("aggregates", batch_id)), **changes))


def test_every_file_that_matches_its_record_is_listed(layout: Layout) -> None:
    assert verified_files(layout) == {
        path_of(layout, batch_id, each).relative_to(layout.output).as_posix()
        for batch_id in range(BATCHES)
        for each in FORMATS
    }


def test_a_new_output_is_accepted(tmp_path: Path) -> None:
    assert verified_files(Layout(output=tmp_path / "none", checkpoint=tmp_path)) == set()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path) -> None:
    path.write_bytes(b"rowz")


@pytest.mark.parametrize(
    ("batch_id", "damage", "what"),
    [
        (0, Path.unlink, r"batch-000000000000-00000\.csv of batch 0 of aggregates is missing"),
        (3, cut, r"of batch 3 of aggregates has 3 bytes, its record says 4"),
        (BATCHES - HASHED_BATCHES, flip, r"of batch 2 of aggregates has the SHA-256"),
        (BATCHES - 1, flip, r"of batch 11 of aggregates has the SHA-256"),
    ],
)
def test_a_file_that_is_not_as_it_landed_is_named_with_its_batch_and_the_ways_out(
    layout: Layout, batch_id: int, damage: Callable[[Path], None], what: str
) -> None:
    damage(path_of(layout, batch_id, "csv"))
    with pytest.raises(OutputDamaged, match=what) as refusal:
        verified_files(layout)
    for way_out in ("clickstream check", "clickstream replay --run-id output-replay", "clickstream reset"):
        assert way_out in refusal.value.next_step


def test_the_content_of_old_files_is_left_to_the_check(layout: Layout) -> None:
    flip(path_of(layout, BATCHES - HASHED_BATCHES - 1))
    assert verified_files(layout)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"[" * 10_000])
def test_a_record_that_is_none_is_named(layout: Layout, content: bytes) -> None:
    layout.record_path("aggregates", 4).write_bytes(content)
    with pytest.raises(OutputDamaged, match=r"aggregates/000000000004\.json cannot be read"):
        verified_files(layout)


def test_a_record_that_is_missing_between_others_is_named(layout: Layout) -> None:
    layout.record_path("aggregates", 4).unlink()
    with pytest.raises(OutputDamaged, match="Batch 4 of aggregates has no record"):
        verified_files(layout)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"offsets": {0: (39, 50)}}, "Batch 4 of aggregates does not begin where batch 3 ended"),
        ({"offsets": {0: (41, 50)}}, "Batch 4 of aggregates does not begin where batch 3 ended"),
        ({"offsets": {}}, "Batch 4 of aggregates does not begin where batch 3 ended"),
        ({"offsets": {0: (40, 50), 1: (1, 2)}}, "Batch 4 of aggregates does not begin where batch 3"),
        ({"previous_watermark_ms": 7}, "has previous watermark"),
        ({"query": "events"}, "Batch 4 of aggregates has no record"),
    ],
)
def test_batches_that_do_not_follow_one_another_are_named(
    layout: Layout, changes: dict[str, object], what: str
) -> None:
    edit(layout, 4, **changes)
    with pytest.raises(OutputDamaged, match=what):
        verified_files(layout)


def test_a_partition_that_is_new_is_read_from_its_first_record(layout: Layout) -> None:
    edit(layout, BATCHES - 1, offsets={0: (110, 120), 1: (0, 7)})
    assert verified_files(layout)


def test_an_export_reads_the_content_of_every_parquet_file_of_its_table(layout: Layout) -> None:
    assert len(verified_records(layout, PAGE_METRICS)) == BATCHES
    flip(path_of(layout, 0))
    with pytest.raises(OutputDamaged, match="of batch 0 of aggregates has the SHA-256"):
        verified_records(layout, PAGE_METRICS)
    assert len(verified_records(layout, SESSIONS)) == BATCHES
