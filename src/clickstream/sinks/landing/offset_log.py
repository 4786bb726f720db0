"""What Spark has written down about a batch before it runs: its offsets and its watermark."""

from dataclasses import dataclass
from pathlib import Path

from clickstream.contract.records import OffsetRange
from clickstream.contract.run.query_log import (
    EndOffsets,
    OffsetsIn,
    UnreadableEntry,
    end_of_batch,
    first_offsets,
    kafka_offsets,
    query_id,
)
from clickstream.errors import CheckpointMismatch


@dataclass(frozen=True, slots=True)
class LoggedBatch:
    """A batch as Spark's log has it; watermarks in milliseconds since the Unix epoch, 0 before any event."""

    query_id: str
    offsets: dict[int, OffsetRange]
    watermark_ms: int
    previous_watermark_ms: int


def read_logged_batch(checkpoint: Path, batch_id: int, offsets_in: OffsetsIn = kafka_offsets) -> LoggedBatch:
    """The batch that a query is about to run, by its own checkpoint; `offsets_in` reads the source's line.

    Raises:
        CheckpointMismatch: a file of the log cannot be read, is empty, or is not in the form that this kit
            knows; it is named.
    """
    try:
        ends, watermark_ms = end_of_batch(checkpoint, batch_id, offsets_in)
        starts: EndOffsets = {}
        previous_ms = 0
        if batch_id:
            starts, previous_ms = end_of_batch(checkpoint, batch_id - 1, offsets_in)
        elif (
            checkpoint / "sources" / "0" / "0"
        ).exists():  # sources that begin at their beginning write none
            starts = first_offsets(checkpoint, offsets_in)
        # A partition that appears while the query runs is read from its first record.
        offsets = {partition: (starts.get(partition, 0), end) for partition, end in sorted(ends.items())}
        return LoggedBatch(query_id(checkpoint), offsets, watermark_ms, previous_ms)
    except UnreadableEntry as error:
        raise CheckpointMismatch(
            f"Spark's log of batch {batch_id} is damaged: {error}.",
            next_step="Restore the checkpoint, or start a new run with another RUN_ID.",
        ) from error
