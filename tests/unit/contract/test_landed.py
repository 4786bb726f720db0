"""Which records count, where compaction records stand beside single ones."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.contract.batch import BatchRecord, LandedTable
from clickstream.contract.compacted import CompactedRecord
from clickstream.contract.landed import (
    UnreadableRecord,
    record_files,
    record_of,
    records_of,
    replaced_records,
    superseded_paths,
)
from clickstream.contract.layout import Layout

QUERY = "sessions"


def record(batch_id: int) -> BatchRecord:
    return BatchRecord("r", QUERY, "q", batch_id, "events", {}, 0, 0, {QUERY: LandedTable(0, (), ())})


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def compacted(layout: Layout, first: int, last: int) -> None:
    batches = tuple(record(batch_id) for batch_id in range(first, last + 1))
    write(layout.compacted_path(QUERY, first, last), CompactedRecord(0, batches).to_json())


def single(layout: Layout, *batch_ids: int) -> None:
    for batch_id in batch_ids:
        write(layout.record_path(QUERY, batch_id), record(batch_id).to_json())


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(output=tmp_path / "output", checkpoint=tmp_path / "checkpoint")


def test_without_a_record_nothing_has_landed(layout: Layout) -> None:
    assert records_of(layout, QUERY) == []
    assert record_of(layout, QUERY, 0) is None


def test_a_compaction_record_takes_the_place_of_the_single_ones_from_the_moment_it_is_there(
    layout: Layout,
) -> None:
    single(layout, *range(7))
    compacted(layout, 1, 3)
    files = [(file.first, file.last, file.compacted) for file in record_files(layout, QUERY)]
    assert files == [(0, 0, False), (1, 3, True), (4, 4, False), (5, 5, False), (6, 6, False)]
    assert [each.batch_id for each in records_of(layout, QUERY)] == list(range(7))
    assert [int(path.stem) for path in superseded_paths(layout, QUERY)] == [1, 2, 3]
    assert [each.batch_id for each in replaced_records(layout, QUERY)] == [1, 2, 3]


def test_a_batch_is_found_in_its_compaction_when_its_own_record_has_gone(layout: Layout) -> None:
    compacted(layout, 0, 3)
    compacted(layout, 4, 5)
    single(layout, 6)
    assert [record_of(layout, QUERY, batch_id) for batch_id in range(8)] == [
        *(record(batch_id) for batch_id in range(7)),
        None,
    ]


def test_names_that_are_none_of_a_record_are_passed_over(layout: Layout) -> None:
    single(layout, 0)
    for name in (".000000000001.json.new", "notes.json", "1x.json", "compacted/x-y.json"):
        write(layout.records_dir(QUERY) / name, "")
    assert [each.batch_id for each in records_of(layout, QUERY)] == [0]


def test_a_compaction_record_of_other_batches_than_its_name_says_is_named(layout: Layout) -> None:
    compacted(layout, 0, 3)
    layout.compacted_path(QUERY, 0, 3).rename(layout.compacted_path(QUERY, 0, 4))
    with pytest.raises(UnreadableRecord, match="it is the record of the batches 0 to 3") as unreadable:
        records_of(layout, QUERY)
    assert unreadable.value.path == layout.compacted_path(QUERY, 0, 4)


@given(st.lists(st.integers(1, 4), max_size=5), st.integers(0, 3))
def test_every_batch_counts_once_whatever_has_been_compacted(
    tmp_path_factory: pytest.TempPathFactory, lengths: list[int], more: int
) -> None:
    folder = tmp_path_factory.mktemp("landed")
    layout = Layout(output=folder, checkpoint=folder)
    first = 0
    for length in lengths:
        # Of every second group the single records have gone already.
        if length > 1:
            compacted(layout, first, first + length - 1)
        if length == 1 or length % 2:
            single(layout, *range(first, first + length))
        first += length
    single(layout, *range(first, first + more))
    assert [each.batch_id for each in records_of(layout, QUERY)] == list(range(first + more))
