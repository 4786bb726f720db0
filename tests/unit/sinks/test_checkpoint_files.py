"""A damaged checkpoint is refused before anything starts, with the file and the ways out."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clickstream.contract.definition.tables import AGGREGATES, EVENTS
from clickstream.contract.run.layout import Layout
from clickstream.errors import CheckpointDamaged
from clickstream.sinks.start.checkpoint_files import refuse_damaged
from spark_checkpoint import EMPTY_STATE, STATE, committed, logged, put


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A run whose newest batch, 4, was under way."""
    layout = Layout(output=tmp_path / "output", checkpoint=tmp_path / "checkpoint")
    for query in (AGGREGATES, EVENTS):
        for batch_id in range(4):
            committed(layout, query, batch_id)
        logged(layout, query, 4)
    return layout


NEEDED = (
    "metadata",
    "sources/0/0",
    "offsets/3",
    "offsets/4",
    "commits/3",
    "state/0/_metadata/metadata",
    "state/0/1/4.delta",
    "state/0/0/1.delta",
    "state/2/_metadata/metadata",
    "state/2/1/4.delta",
)


def test_what_a_run_or_its_crash_leaves_is_whole(layout: Layout) -> None:
    refuse_damaged(layout, 3)
    put(layout.query_checkpoint(AGGREGATES) / "offsets/.5.77aa.tmp", b"")
    put(layout.query_checkpoint(AGGREGATES) / "commits/.4.crc", b"")
    put(layout.query_checkpoint(AGGREGATES) / "state/0/0/5.delta", b"")  # of the batch that was under way
    put(
        layout.query_checkpoint(AGGREGATES) / "state/0/0/3.delta", EMPTY_STATE
    )  # a batch that changed nothing
    refuse_damaged(layout, 3)


def test_a_folder_in_which_nothing_has_begun_is_whole(tmp_path: Path) -> None:
    layout = Layout(output=tmp_path / "output", checkpoint=tmp_path / "checkpoint")
    refuse_damaged(layout, 3)
    for folder in ("offsets", "commits"):
        (layout.query_checkpoint(AGGREGATES) / folder).mkdir(parents=True)
    refuse_damaged(layout, 3)
    logged(layout, AGGREGATES, 0)
    refuse_damaged(layout, 3)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "missing": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "garbage": lambda path: path.write_bytes(b"\xff\x00garbage\n{]"),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:-3]),
    "of another kind": lambda path: path.write_text("v1\n[1]\n[2]"),
}


@pytest.mark.parametrize(
    ("needed", "damage"),
    # Without its entry, a batch that was under way has never begun.
    [
        (needed, damage)
        for needed in NEEDED
        for damage in DAMAGES
        if (needed, damage) != ("offsets/4", "missing")
    ],
)
def test_a_file_that_the_next_start_needs_is_named_with_the_ways_out(
    layout: Layout, needed: str, damage: str
) -> None:
    path = layout.query_checkpoint(AGGREGATES) / needed
    DAMAGES[damage](path)
    with pytest.raises(CheckpointDamaged) as refusal:
        refuse_damaged(layout, 3)
    assert refusal.value.exit_code == 2
    assert str(path) in refusal.value.sentence
    assert "estore checkpoint and output" in refusal.value.next_step
    assert "`clickstream replay --run-id output-replay`" in refusal.value.next_step


@pytest.mark.parametrize("emptied", ["offsets", "commits", "sources/0"])
def test_a_log_that_is_gone_as_a_whole_is_no_new_beginning(layout: Layout, emptied: str) -> None:
    folder = layout.query_checkpoint(EVENTS) / emptied
    for path in folder.iterdir():
        path.unlink()
    with pytest.raises(CheckpointDamaged, match=f"{folder}/[0-9]+ is missing"):
        refuse_damaged(layout, 3)


def test_a_damaged_newest_commit_has_a_way_out_of_its_own(layout: Layout) -> None:
    put(layout.query_checkpoint(AGGREGATES) / "commits/4", b"")
    with pytest.raises(CheckpointDamaged, match="it is empty") as refusal:
        refuse_damaged(layout, 3)
    assert f"`rm {layout.query_checkpoint(AGGREGATES) / 'commits/4'}`" in refusal.value.next_step
    (layout.query_checkpoint(AGGREGATES) / "commits/4").unlink()
    refuse_damaged(layout, 3)


def test_state_before_its_last_snapshot_is_no_longer_needed(layout: Layout) -> None:
    folder = layout.query_checkpoint(AGGREGATES) / "state/0/0"
    put(folder / "3.snapshot", STATE)
    for version in (1, 2, 3):
        (folder / f"{version}.delta").unlink()
    refuse_damaged(layout, 3)
    put(folder / "3.snapshot", STATE[:-1])
    with pytest.raises(CheckpointDamaged, match=r"3\.snapshot cannot be read: it is truncated"):
        refuse_damaged(layout, 3)
