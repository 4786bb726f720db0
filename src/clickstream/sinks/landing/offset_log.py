"""What Spark has written down about a batch before it runs: its offsets and its watermark."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from clickstream.contract.records import OffsetRange
from clickstream.contract.run.query_log import (
    NOT_READABLE,
    EndOffsets,
    OffsetsIn,
    end_of_batch,
    first_offsets,
    kafka_offsets,
    query_id,
)
from clickstream.errors import CheckpointMismatch

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class LoggedBatch:
    """A batch as Spark's log has it; watermarks in milliseconds since the Unix epoch, 0 before any event."""

    query_id: str
    offsets: dict[int, OffsetRange]
    watermark_ms: int
    previous_watermark_ms: int


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

    def read(path: Path, reading: Callable[[], _Read]) -> _Read:
        try:
            return reading()
        except NOT_READABLE as error:
            raise _unreadable(path, batch_id, error) from error

    def end_of(batch: int) -> tuple[EndOffsets, int]:
        path = checkpoint / "offsets" / str(batch)
        return read(path, lambda: end_of_batch(checkpoint, batch, offsets_in))

    own_id = read(checkpoint / "metadata", lambda: query_id(checkpoint))
    ends, watermark_ms = end_of(batch_id)
    begin = checkpoint / "sources" / "0" / "0"
    starts: EndOffsets = {}
    previous_ms = 0
    if batch_id:
        starts, previous_ms = end_of(batch_id - 1)
    elif begin.exists():  # sources that begin at their beginning write none
        starts = read(begin, lambda: first_offsets(checkpoint, offsets_in))
    # A partition that appears while the query runs is read from its first record.
    offsets = {partition: (starts.get(partition, 0), end) for partition, end in sorted(ends.items())}
    return LoggedBatch(own_id, offsets, watermark_ms, previous_ms)


def _unreadable(path: Path, batch_id: int, error: Exception) -> CheckpointMismatch:
    if isinstance(error, OSError) and error.strerror:
        what = error.strerror
    else:
        what = str(error) if type(error) is ValueError else f"{type(error).__name__}: {error}"
    return CheckpointMismatch(
        f"Spark's log of batch {batch_id} cannot be read in {path}: {what}.",
        next_step="Restore the checkpoint, or start a new run with another CHECKPOINT_PATH and OUTPUT_PATH.",
    )
