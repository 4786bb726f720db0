"""What has landed is what the records of batches list, under their exact names."""

from pathlib import Path

import pytest

from clickstream.contract.run.batch_record import BatchRecord, LandedTable
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.recorded_batches import UnreadableRecord, record_of, records_of

QUERY, TABLE = "aggregates", "sessions"


def record(batch_id: int) -> BatchRecord:
    return BatchRecord("r", QUERY, "q", batch_id, "events", {}, 0, 0, {TABLE: LandedTable(0, (), ())})


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(output=tmp_path / "output", checkpoint=tmp_path / "checkpoint")
    layout.records_dir(QUERY).mkdir(parents=True)
    for batch_id in range(3):
        layout.record_path(QUERY, batch_id).write_text(record(batch_id).to_json())
    return layout


def test_without_a_record_nothing_has_landed(layout: Layout) -> None:
    assert records_of(layout, "events") == []
    assert record_of(layout, "events", 0) is None


def test_every_record_is_one_batch_in_order(layout: Layout) -> None:
    assert records_of(layout, QUERY) == [record(0), record(1), record(2)]
    assert [record_of(layout, QUERY, batch_id) for batch_id in (1, 3)] == [record(1), None]


def test_names_that_are_not_of_a_record_are_ignored(layout: Layout) -> None:
    for name in (".000000000003.json.new", "notes.json", "3x.json", "0000000000003.json", "000000000003.csv"):
        (layout.records_dir(QUERY) / name).write_text("")
    assert len(records_of(layout, QUERY)) == 3


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff"])
def test_a_record_that_cannot_be_read_is_named(layout: Layout, content: bytes) -> None:
    path = layout.record_path(QUERY, 1)
    path.write_bytes(content)
    for read in (lambda: records_of(layout, QUERY), lambda: record_of(layout, QUERY, 1)):
        with pytest.raises(UnreadableRecord) as unreadable:
            read()
        assert unreadable.value.path == path
        assert unreadable.value.problem
