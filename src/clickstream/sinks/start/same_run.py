"""Whether a checkpoint and an output are of the same run and batches; verified once, before a run begins."""

from pathlib import Path

from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.query_log import UnreadableEntry, batches_in, end_of_batch, query_id
from clickstream.contract.run.recorded_batches import UnreadableRecord, read_record
from clickstream.contract.run.skipped import SkippedRecords, read_skipped


def first_mismatch(layout: Layout) -> str | None:
    """The first sign that the output's records and Spark's checkpoints are not of one run; None for none.

    A batch that has landed but is not committed, or is logged but has not landed, is what a crash leaves,
    and no sign of anything. Nor is an aggregate without rows: its batches have records all the same.

    Args:
        layout: of a run whose checkpoint is complete (`checkpoint_files.py`).
    """
    skipped = read_skipped(layout)
    for query in QUERIES:
        checkpoint = layout.query_checkpoint(query)
        # Before the records: a running job commits a batch after it has landed.
        committed = batches_in(checkpoint / "commits")
        sign = _in_query(checkpoint, query, committed, layout.record_paths(query), skipped)
        if sign is not None:
            return sign
    return None


def _in_query(
    checkpoint: Path, query: str, committed: list[int], records: list[Path], skipped: SkippedRecords
) -> str | None:
    if not records:
        return f"{_committed(checkpoint, committed[-1])} no record of it" if committed else None
    if committed and int(records[-1].stem) < committed[-1]:
        return f"{_committed(checkpoint, committed[-1])} no record of it"
    try:
        spark_id = query_id(checkpoint)
        newest = read_record(records[-1])
    except UnreadableEntry:
        return f"the output has batches of {query}, the checkpoint {checkpoint} is gone"
    except UnreadableRecord as error:
        return f"the record {error.path} cannot be read: {error.problem}"
    if spark_id != newest.query_id:
        return f"{records[-1]} is of the query {newest.query_id}, {checkpoint} of {spark_id}"
    return _in_batch(checkpoint, newest, skipped)


def _in_batch(checkpoint: Path, newest: BatchRecord, skipped: SkippedRecords) -> str | None:
    """Whether the newest batch that has landed is the one that Spark has logged under its number."""
    batch = f"batch {newest.batch_id} of {newest.query}"
    if newest.batch_id not in batches_in(checkpoint / "offsets"):
        return f"{batch} has landed, {checkpoint} does not know it"
    ends, watermark_ms = end_of_batch(checkpoint, newest.batch_id)
    landed = {partition: end for partition, (_start, end) in newest.offsets.items()}
    # Spark's log may end behind what the batch has read: the next batch then begins behind skipped records.
    agree = all(skipped.lead(p, landed.get(p, 0), end) for p, end in ends.items())
    if not agree or not landed.keys() <= ends.keys():
        return f"{batch} has landed up to the offsets {landed}, {checkpoint} says {ends}"
    if newest.watermark_ms != watermark_ms:
        return f"{batch} has landed with watermark {newest.watermark_ms}, {checkpoint} says {watermark_ms}"
    return None


def _committed(checkpoint: Path, batch_id: int) -> str:
    return f"{checkpoint} has committed batch {batch_id}, the output has"
