"""Spark's log of a query: what an entry says of a batch, and what no entry of ours says."""

import json
from pathlib import Path

import pytest

from clickstream.contract.run.query_log import (
    UnreadableEntry,
    end_of_batch,
    first_offsets,
    next_watermark_ms,
    planned_at_ms,
)

METADATA = '{"batchWatermarkMs":1000,"conf":{"spark.sql.shuffle.partitions":"3"}}'


def source(*ends: int) -> str:
    return json.dumps({"events": {str(partition): end for partition, end in enumerate(ends)}})


def logged(folder: Path, *lines: str) -> Path:
    """A checkpoint whose batch 4 has an entry of these lines."""
    (folder / "offsets").mkdir(exist_ok=True)
    (folder / "offsets" / "4").write_text("\n".join(lines))
    return folder


@pytest.mark.parametrize("branches", [1, 3])
def test_the_line_of_the_source_may_be_repeated_by_every_branch(tmp_path: Path, branches: int) -> None:
    checkpoint = logged(tmp_path, "v1", METADATA, *[source(8, 2)] * branches)
    assert end_of_batch(checkpoint, 4) == ({0: 8, 1: 2}, 1_000)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("v1", METADATA, source(8, 2), source(8, 3)), "it names 2 sources"),
        (("v1", METADATA, source(8), source(9), source(10)), "it names 3 sources"),
        (("v1", METADATA), "it names 0 sources"),
        (("v2", METADATA, source(8)), "not an entry of Spark's log"),
        (("v1",), "not an entry of Spark's log"),
        (("",), "it is empty"),
    ],
)
def test_an_entry_that_does_not_name_one_source_is_refused(
    tmp_path: Path, lines: tuple[str, ...], why: str
) -> None:
    with pytest.raises(UnreadableEntry, match=why):
        end_of_batch(logged(tmp_path, *lines), 4)


@pytest.mark.parametrize(
    "lines",
    [
        ("v1", "{}", source(8)),
        ("v1", '{"batchWatermarkMs":1e999}', source(8)),
        ("v1", '{"batchWatermarkMs":null}', source(8)),
        ("v1", "[" * 20_000, source(8)),
        ("v1", METADATA, "[1]"),
        ("v1", METADATA, '{"events":{"0":"many"}}'),
        ("v1", METADATA, '{"events":7}'),
    ],
    ids=lambda lines: lines[1][:30] + lines[2][:30],
)
def test_whatever_an_entry_holds_is_told_by_the_errors_that_callers_know(
    tmp_path: Path, lines: tuple[str, ...]
) -> None:
    with pytest.raises(UnreadableEntry, match="offsets/4 cannot be read"):
        end_of_batch(logged(tmp_path, *lines), 4)


def test_a_source_that_began_after_its_first_record_is_read_with_and_without_sparks_zero(
    tmp_path: Path,
) -> None:
    path = tmp_path / "sources" / "0" / "0"
    path.parent.mkdir(parents=True)
    for zero in (b"\0", b""):
        path.write_bytes(zero + b'v1\n{"events":{"0":5}}\n')
        assert first_offsets(tmp_path) == {0: 5}
    path.write_bytes(b'v2\n{"events":{"0":5}}')
    with pytest.raises(UnreadableEntry, match="does not begin in the format of Spark"):
        first_offsets(tmp_path)


def test_the_commit_of_a_batch_names_the_watermark_of_the_next(tmp_path: Path) -> None:
    (tmp_path / "commits").mkdir()
    (tmp_path / "commits" / "4").write_text('v1\n{"nextBatchWatermarkMs":7,"stateUniqueIds":{}}')
    assert next_watermark_ms(tmp_path, 4) == 7


def test_when_a_batch_was_planned_is_none_where_the_log_does_not_say(tmp_path: Path) -> None:
    (tmp_path / "offsets").mkdir()
    (tmp_path / "offsets" / "0").write_text('v1\n{"batchWatermarkMs":0,"batchTimestampMs":7}\n{}')
    (tmp_path / "offsets" / "1").write_text('v1\n{"batchWatermarkMs":0}\n{}')
    assert [planned_at_ms(tmp_path, batch) for batch in (0, 1, 2)] == [7, None, None]
