"""Spark's own log of a batch, as files written by Spark 4.2 with a Kafka source."""

import json
from pathlib import Path

import pytest

from clickstream.errors import CheckpointMismatch
from clickstream.sinks.landing.offset_log import LoggedBatch, read_logged_batch


def log_entry(watermark_ms: int, ends: dict[str, int]) -> str:
    metadata = {"batchWatermarkMs": watermark_ms, "batchTimestampMs": 1_795_000_000_000, "conf": {}}
    return f"v1\n{json.dumps(metadata)}\n{json.dumps({'events': ends})}"


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    (tmp_path / "offsets").mkdir()
    (tmp_path / "sources" / "0").mkdir(parents=True)
    (tmp_path / "metadata").write_text('{"id":"q-1"}')
    (tmp_path / "sources" / "0" / "0").write_bytes(b'\0v1\n{"events":{"0":5,"1":0}}')
    (tmp_path / "offsets" / "0").write_text(log_entry(0, {"0": 8, "1": 0}))
    (tmp_path / "offsets" / "1").write_text(log_entry(1_000, {"0": 8, "1": 4, "2": 2}))
    return tmp_path


def test_batch_0_begins_where_the_source_began_with_watermark_0(checkpoint: Path) -> None:
    assert read_logged_batch(checkpoint, 0) == LoggedBatch("q-1", {0: (5, 8), 1: (0, 0)}, 0, 0)


def test_a_later_batch_goes_on_where_the_one_before_ended_and_a_new_partition_at_0(checkpoint: Path) -> None:
    assert read_logged_batch(checkpoint, 1) == LoggedBatch("q-1", {0: (8, 8), 1: (0, 4), 2: (0, 2)}, 1_000, 0)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("offsets/1", None),
        ("offsets/1", ""),
        ("offsets/1", "v2\n{}\n{}"),
        ("offsets/1", 'v1\n{"batchWatermarkMs":0}\n{"events":{"0":8}}\n{"events":{"0":9}}'),
        ("offsets/1", "v1\n{}\n{}"),
        ("offsets/0", 'v1\n{"batchWatermarkMs":0}\n[1]'),
        ("metadata", "{}"),
    ],
)
def test_a_log_that_is_not_as_we_know_it_is_refused_with_the_batch(
    checkpoint: Path, file: str, content: str | None
) -> None:
    if content is None:
        (checkpoint / file).unlink()
    else:
        (checkpoint / file).write_text(content)
    with pytest.raises(CheckpointMismatch, match=rf"Spark's log of batch 1 is damaged: .*/{file} "):
        read_logged_batch(checkpoint, 1)


def test_an_empty_file_of_the_log_is_called_empty(checkpoint: Path) -> None:
    (checkpoint / "offsets" / "1").write_text("")
    with pytest.raises(CheckpointMismatch, match=r"/offsets/1 cannot be read: it is empty\."):
        read_logged_batch(checkpoint, 1)
