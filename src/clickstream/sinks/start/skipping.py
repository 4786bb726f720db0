"""Taking Spark past records that it cannot read, by cutting its log around them.

`offsets/N` holds the end offsets of batch N, and batch N+1 begins where `offsets/N` ends. A record that Spark
cannot read is in the batch that is logged and not committed, which fails at every attempt. If the record is
not the first of its partition in that batch, the batch is cut to end before it. If it is the first, the batch
begins after it, which is written where the batch before ends. No committed batch and no state is touched.

Each step replaces one file, and does nothing if it was done before: after a crash, the next start continues.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.query_log import end_of_batch, first_offsets, kafka_offsets, newest_batch_in
from clickstream.contract.run.skipped import SkippedRecords
from clickstream.sinks.durable import write_atomically, writing


def skip_in_checkpoints(layout: Layout, skipped: SkippedRecords) -> bool:
    """Cut the unfinished batch of every query around skipped records; whether anything had to be cut.

    Call it while no query runs.

    Raises:
        FolderNotWritable: a checkpoint cannot be written.
    """
    cut = False
    if len(skipped):
        with writing(layout.checkpoint):
            for query in QUERIES:
                cut |= _skip_in_query(layout, query, skipped)
    return cut


def unfinished_ranges(layout: Layout, query: str) -> dict[int, tuple[int, int]]:
    """The offsets `[start, end)` of the batch of a query that is logged and not committed; empty for none."""
    checkpoint = layout.query_checkpoint(query)
    last = newest_batch_in(checkpoint / "offsets")
    if last < 0 or last == newest_batch_in(checkpoint / "commits"):
        return {}
    starts = _ends(checkpoint, last - 1)
    # A partition that appears while the query runs is read from its first record.
    return {p: (starts.get(p, 0), end) for p, end in sorted(_ends(checkpoint, last).items())}


def committed_ends(layout: Layout, query: str) -> dict[int, int]:
    """End offsets of a query's last committed batch, by partition; the start of batch 0 if there is none."""
    checkpoint = layout.query_checkpoint(query)
    return _ends(checkpoint, newest_batch_in(checkpoint / "commits"))


def _ends(checkpoint: Path, batch_id: int) -> dict[int, int]:
    """End offsets of a batch in Spark's log; for batch -1 the start of batch 0."""
    return end_of_batch(checkpoint, batch_id)[0] if batch_id >= 0 else first_offsets(checkpoint)


def _skip_in_query(layout: Layout, query: str, skipped: SkippedRecords) -> bool:
    checkpoint = layout.query_checkpoint(query)
    last = newest_batch_in(checkpoint / "offsets")
    # What has landed was read: nothing in it can be unreadable.
    if last < 0 or layout.record_path(query, last).exists():
        return False
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    for partition, (start, end) in unfinished_ranges(layout, query).items():
        begin = min(skipped.past(partition, start), end)
        if begin != start:
            starts[partition] = begin
        first = skipped.first_in(partition, begin, end)
        if first is not None:
            ends[partition] = first
    if ends:
        _rewrite(checkpoint / "offsets" / str(last), ends)
    if starts:
        before = checkpoint / "offsets" / str(last - 1) if last else checkpoint / "sources" / "0" / "0"
        _rewrite(before, starts)
    return bool(starts or ends)


def _rewrite(path: Path, changed: Mapping[int, int]) -> None:
    """Give partitions another offset in the lines of the source; all else stays byte for byte."""
    *head, source = path.read_bytes().decode("utf-8").rstrip("\n").split("\n")
    ((topic, _),) = json.loads(source).items()
    ends = kafka_offsets(source) | dict(changed)
    offsets = {str(partition): end for partition, end in sorted(ends.items())}
    new = json.dumps({topic: offsets}, separators=(",", ":"))
    # Hadoop's checksum of the old content: without one, Spark reads the file as it is.
    path.with_name(f".{path.name}.crc").unlink(missing_ok=True)
    # A query that reads its source in several branches repeats the line.
    write_atomically(path, "\n".join([*(new if line == source else line for line in head), new]))
