"""Spark's log is cut around skipped records, in steps that a crash may end anywhere."""

import json
from pathlib import Path

import pytest

from clickstream.clicks import CLICKS
from clickstream.contract.definition.tables import AGGREGATES, EVENTS, QUERIES
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.skipped import SkippedRecord, SkippedRecords
from clickstream.contract.run.terms import RunTerms
from clickstream.errors import CheckpointMismatch, OutputDamaged
from clickstream.sinks.durable import write_atomically
from clickstream.sinks.start import skipping
from clickstream.sinks.start.output_matches_records import verified_files
from clickstream.sinks.start.run_terms import claim
from clickstream.sinks.start.skipping import skip_in_checkpoints, unfinished_ranges
from spark_checkpoint import committed, landed, put

WINDOWS_MS = dict.fromkeys(("page_metrics", "geo_metrics", "sessions"), 1)

TERMS = RunTerms("first", "events", "", "earliest", WINDOWS_MS, 0, 2)
QUERY = EVENTS


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(output=tmp_path / "output", checkpoint=tmp_path / "checkpoint")


def skips(*places: tuple[int, int]) -> SkippedRecords:
    return SkippedRecords(SkippedRecord(partition, offset, 2**62) for partition, offset in places)


BRANCHES = {EVENTS: 1, AGGREGATES: 3}
"""How often a query reads the topic: Spark writes the line of a source as many times."""


def log(layout: Layout, batch_id: int, *ends: int, query: str = QUERY) -> None:
    """An entry of the offset log, as Spark writes it, with the checksum that Hadoop may write beside it."""
    path = layout.query_checkpoint(query) / "offsets" / str(batch_id)
    offsets = json.dumps({"events": {str(partition): end for partition, end in enumerate(ends)}})
    put(path, "\n".join(['v1\n{"batchWatermarkMs":7,"conf":{"a":"b"}}', *[offsets] * BRANCHES[query]]))
    put(path.with_name(f".{batch_id}.crc"), b"crc")


def ends(layout: Layout, batch_id: int, query: str = QUERY) -> list[int]:
    text = (layout.query_checkpoint(query) / "offsets" / str(batch_id)).read_text()
    assert text.startswith('v1\n{"batchWatermarkMs":7,"conf":{"a":"b"}}\n')
    _, _, *sources = text.split("\n")
    assert sources == [sources[0]] * BRANCHES[query]
    return list(json.loads(sources[0])["events"].values())


def begun(layout: Layout, start: list[int], *ends_by_batch: list[int], query: str = QUERY) -> None:
    """A query whose last batch is logged and not committed, the others are committed."""
    checkpoint = layout.query_checkpoint(query)
    starts = json.dumps({"events": {str(partition): offset for partition, offset in enumerate(start)}})
    put(checkpoint / "sources/0/0", f"\0v1\n{starts}")
    for batch_id, batch_ends in enumerate(ends_by_batch):
        log(layout, batch_id, *batch_ends, query=query)
        if batch_id < len(ends_by_batch) - 1:
            put(checkpoint / "commits" / str(batch_id), 'v1\n{"nextBatchWatermarkMs":0}')


@pytest.mark.parametrize("query", QUERIES)
def test_a_batch_is_cut_to_end_before_a_record_inside_it(layout: Layout, query: str) -> None:
    begun(layout, [0, 0], [5, 5], [13, 9], query=query)
    assert skip_in_checkpoints(layout, skips((0, 8)))
    assert (ends(layout, 0, query), ends(layout, 1, query)) == ([5, 5], [8, 9])
    assert not (layout.query_checkpoint(query) / "offsets" / ".1.crc").exists()
    assert not skip_in_checkpoints(layout, skips((0, 8)))


@pytest.mark.parametrize("query", QUERIES)
def test_a_batch_begins_behind_records_at_its_beginning(layout: Layout, query: str) -> None:
    begun(layout, [0, 0], [5, 5], [13, 9], query=query)
    assert skip_in_checkpoints(layout, skips((1, 5), (1, 6), (1, 8)))
    assert (ends(layout, 0, query), ends(layout, 1, query)) == ([5, 7], [13, 8])


def test_batch_0_begins_behind_records_at_its_beginning(layout: Layout) -> None:
    begun(layout, [3, 0], [13, 9])
    assert skip_in_checkpoints(layout, skips((0, 3)))
    initial = (layout.query_checkpoint(QUERY) / "sources/0/0").read_bytes()
    assert initial == b'\0v1\n{"events":{"0":4,"1":0}}'
    assert unfinished_ranges(layout, QUERY) == {0: (4, 13), 1: (0, 9)}


def test_a_partition_that_is_new_in_the_batch_begins_behind_its_first_record(layout: Layout) -> None:
    begun(layout, [0], [5], [5, 3])
    assert skip_in_checkpoints(layout, skips((1, 0)))
    assert (ends(layout, 0), ends(layout, 1)) == ([5, 1], [5, 3])


def test_a_batch_of_skipped_records_alone_becomes_an_empty_one(layout: Layout) -> None:
    begun(layout, [0], [5], [7])
    assert skip_in_checkpoints(layout, skips((0, 5), (0, 6), (0, 7)))
    assert unfinished_ranges(layout, QUERY) == {0: (7, 7)}


@pytest.mark.parametrize("case", ["committed", "landed", "elsewhere", "none"])
def test_what_needs_no_cut_stays_byte_for_byte(layout: Layout, case: str) -> None:
    begun(layout, [0], [5], [13])
    if case == "committed":
        put(layout.query_checkpoint(QUERY) / "commits/1", "v1\n{}")
    if case == "landed":
        landed(layout, QUERY, 1)
    before = {path: path.read_bytes() for path in layout.checkpoint.rglob("*") if path.is_file()}
    asked = {"elsewhere": skips((0, 4), (0, 13), (1, 6)), "none": skips()}.get(case, skips((0, 8)))
    assert not skip_in_checkpoints(layout, asked)
    assert before == {path: path.read_bytes() for path in layout.checkpoint.rglob("*") if path.is_file()}


def test_a_crash_between_any_two_steps_is_made_good_by_the_next_start(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = skips((0, 8), (1, 5))
    for steps in range(5):
        for query in QUERIES:
            begun(layout, [0, 0], [5, 5], [13, 9], query=query)
        left = steps

        def write(path: Path, text: str) -> None:
            nonlocal left
            if not left:
                raise KeyboardInterrupt
            left -= 1
            write_atomically(path, text)

        with monkeypatch.context() as patch:
            patch.setattr(skipping, "write_atomically", write)
            try:
                skip_in_checkpoints(layout, asked)
            except KeyboardInterrupt:
                assert steps < 4
        skip_in_checkpoints(layout, asked)
        for query in QUERIES:
            assert (ends(layout, 0, query), ends(layout, 1, query)) == ([5, 6], [8, 9])


def test_a_start_accepts_the_gap_of_a_recorded_skip_and_no_other(layout: Layout) -> None:
    claim(layout, TERMS, CLICKS)
    landed(layout, "aggregates", 0)
    committed(layout, "aggregates", 0)
    checkpoint = layout.query_checkpoint("aggregates")
    put(checkpoint / "offsets/0", 'v1\n{"batchWatermarkMs":0}\n{"events":{"0":3}}')
    with pytest.raises(CheckpointMismatch, match="has landed up to the offsets"):
        claim(layout, TERMS, CLICKS)
    layout.skipped_path().write_text(skips((0, 1)).to_json(TERMS.run_id))
    with pytest.raises(CheckpointMismatch, match="has landed up to the offsets"):
        claim(layout, TERMS, CLICKS)
    layout.skipped_path().write_text(skips((0, 1), (0, 2)).to_json(TERMS.run_id))
    assert claim(layout, TERMS, CLICKS) == TERMS
    record = BatchRecord("first", "aggregates", "q-1", 1, "events", {0: (3, 4)}, 0, 0, {})
    write_atomically(layout.record_path("aggregates", 1), record.to_json())
    verified_files(layout)
    layout.skipped_path().unlink()
    with pytest.raises(OutputDamaged, match="does not begin where batch 0 ended"):
        verified_files(layout)


@pytest.mark.parametrize("damage", [lambda text: text[:-9], lambda text: text.replace("first", "other")])
def test_a_damaged_list_of_skipped_records_is_refused(layout: Layout, damage) -> None:
    claim(layout, TERMS, CLICKS)
    layout.skipped_path().write_text(damage(skips((0, 1)).to_json(TERMS.run_id)))
    with pytest.raises(OutputDamaged, match=r"skipped\.json cannot be used"):
        claim(layout, TERMS, CLICKS)


def test_the_list_of_another_run_is_refused(layout: Layout) -> None:
    claim(layout, TERMS, CLICKS)
    layout.skipped_path().write_text(skips((0, 1)).to_json("another"))
    with pytest.raises(OutputDamaged, match="belongs to the run another"):
        claim(layout, TERMS, CLICKS)
