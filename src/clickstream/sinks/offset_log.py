"""What Spark has written down about a batch before it runs: its offsets and its watermark.

`offsets/N` is a line `v1`, a JSON object with `batchWatermarkMs`, and a line per source with the end
offsets, exclusive: `{"topic":{"0":123}}`. `sources/0/0` holds where batch 0 begins, in the same form after
one zero byte. `metadata` holds the query's id. (Spark 4.2: OffsetSeqLog, KafkaSourceInitialOffsetWriter.)
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from clickstream.contract.records import OffsetRange
from clickstream.errors import CheckpointMismatch

_Read = TypeVar("_Read")

EndOffsets = dict[int, int]
OffsetsIn = Callable[[str], EndOffsets]
"""Reads the line of a source: the offset after the last one, by partition."""


@dataclass(frozen=True, slots=True)
class LoggedBatch:
    """A batch as Spark's log has it; watermarks in milliseconds since the Unix epoch, 0 before any event."""

    query_id: str
    offsets: dict[int, OffsetRange]
    watermark_ms: int
    previous_watermark_ms: int


def kafka_offsets(line: str) -> EndOffsets:
    """The end offsets in the line of a Kafka source of one topic; empty for a topic without any yet."""
    by_topic = json.loads(line)
    return {int(partition): int(end) for ends in by_topic.values() for partition, end in ends.items()}


def read_logged_batch(checkpoint: Path, batch_id: int, offsets_in: OffsetsIn = kafka_offsets) -> LoggedBatch:
    """The batch that a query is about to run.

    Args:
        checkpoint: the query's own checkpoint folder.
        batch_id: the batch.
        offsets_in: reads the source's line; Kafka's form by default.

    Raises:
        CheckpointMismatch: a file of the log cannot be read, is empty, or is not in the form that this kit
            knows; it is named.
    """

    def read(path: Path, reading: Callable[[Path], _Read]) -> _Read:
        try:
            return reading(path)
        except (OSError, ValueError, LookupError, AttributeError, TypeError) as error:
            raise _unreadable(path, batch_id, error) from error

    query_id = read(checkpoint / "metadata", _query_id)
    ends, watermark_ms = read(checkpoint / "offsets" / str(batch_id), lambda path: _entry(path, offsets_in))
    if batch_id:
        before = checkpoint / "offsets" / str(batch_id - 1)
        starts, previous_ms = read(before, lambda path: _entry(path, offsets_in))
    else:
        begin = checkpoint / "sources" / "0" / "0"
        starts, previous_ms = read(begin, lambda path: _initial(path, offsets_in)), 0
    # A partition that appears while the query runs is read from its first record.
    offsets = {partition: (starts.get(partition, 0), end) for partition, end in sorted(ends.items())}
    return LoggedBatch(query_id, offsets, watermark_ms, previous_ms)


def logged_ends(checkpoint: Path, batch_id: int) -> EndOffsets:
    """Where a batch ends, as Spark's log has it."""
    return _entry(checkpoint / "offsets" / str(batch_id), kafka_offsets)[0]


def initial_offsets(checkpoint: Path) -> EndOffsets:
    """Where batch 0 begins."""
    return _initial(checkpoint / "sources" / "0" / "0", kafka_offsets)


def _unreadable(path: Path, batch_id: int, error: Exception) -> CheckpointMismatch:
    if isinstance(error, OSError):
        what = error.strerror or str(error)
    elif not path.stat().st_size:
        what = "it is empty"
    else:
        what = f"{type(error).__name__}: {error}"
    return CheckpointMismatch(
        f"Spark's log of batch {batch_id} cannot be read in {path}: {what}.",
        next_step="Restore the checkpoint, or begin anew with another CHECKPOINT_PATH and OUTPUT_PATH.",
    )


def _query_id(path: Path) -> str:
    return str(json.loads(path.read_text(encoding="utf-8"))["id"])


def _entry(path: Path, offsets_in: OffsetsIn) -> tuple[EndOffsets, int]:
    version, metadata, *sources = path.read_text(encoding="utf-8").strip().split("\n")
    if version != "v1" or len(sources) != 1:
        raise ValueError(f"version {version} with {len(sources)} sources, not v1 with one")
    return offsets_in(sources[0]), int(json.loads(metadata)["batchWatermarkMs"])


def _initial(path: Path, offsets_in: OffsetsIn) -> EndOffsets:
    if not path.exists():  # sources that begin at their beginning write none
        return {}
    text = path.read_bytes().lstrip(b"\0").decode("utf-8").strip()
    return offsets_in(text.split("\n")[-1])
