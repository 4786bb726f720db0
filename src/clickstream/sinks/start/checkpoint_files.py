"""The checkpoint's files, read before a session starts, so that an error can name a damaged one.

Spark itself ends during its start with a stack trace, and for some files it starts at the topic's beginning
again. Only what the next start needs is read: the newest entries of each log, where a query began, and the
state since its last snapshot. What a crash leaves (`.5.….tmp`, a batch that is logged and not committed, one
that has landed and is not committed) is not damage.

The forms are those of Spark 4.2: HDFSMetadataLog, OffsetSeqLog, CommitLog, HDFSBackedStateStoreProvider.
"""

import json
from pathlib import Path
from shlex import quote

from clickstream.contract.definition.tables import EVENTS, QUERIES
from clickstream.contract.run.layout import Layout, ways_out
from clickstream.contract.run.query_log import (
    UnreadableEntry,
    batches_in,
    end_of_batch,
    entry_lines,
    first_offsets,
    newest_batch_in,
    next_watermark_ms,
    query_id,
    reading,
)
from clickstream.errors import CheckpointDamaged

_STATE_BEGINS = b"LZ4Block"
_STATE_ENDS = b"LZ4Block\x15" + bytes(12)
"""What closes a file of Spark's LZ4 stream: a block of no bytes. A file that was cut off has none."""


def refuse_damaged(layout: Layout, stateful: int) -> None:
    """Return only if every file that the next start needs can be read.

    `stateful` is how many states the aggregates keep: one for each table with windows.

    Raises:
        CheckpointDamaged: one is missing, empty or something else; names it, and the ways out.
    """
    try:
        for query in QUERIES:
            _read_query(layout.query_checkpoint(query), 0 if query == EVENTS else stateful)
    except UnreadableEntry as error:
        again = ""
        if error.path.parent.name == "commits" and error.path.exists() and _is_newest(error.path):
            again = (
                f"Remove the file, so that its batch is computed again: `rm {quote(str(error.path))}`. Or: "
            )
        raise CheckpointDamaged(
            f"{error}.",
            next_step=f"{again}Restore checkpoint and output from the same backup.\n{ways_out(layout)}",
        ) from error


def _is_newest(commit: Path) -> bool:
    return int(commit.name) >= newest_batch_in(commit.parents[1] / "offsets")


def _read_query(checkpoint: Path, stateful: int) -> None:
    offsets, commits = batches_in(checkpoint / "offsets"), batches_in(checkpoint / "commits")
    if offsets or commits or (checkpoint / "metadata").exists():
        query_id(checkpoint)
    if not offsets and not commits:
        return
    last = max([*offsets, *commits])
    first_offsets(checkpoint)
    for batch_id in range(max(0, last - 1), last + 1):
        end_of_batch(checkpoint, batch_id)
    for batch_id in range(max(0, last - 1), last + (last in commits)):
        next_watermark_ms(checkpoint, batch_id)
    for operator in range(stateful if commits else 0):
        _read_state(checkpoint / "state" / str(operator), commits[-1] + 1)


def _read_state(operator: Path, version: int) -> None:
    """Read what the next batch's state is made of: every change since the last snapshot, by partition."""
    metadata = operator / "_metadata" / "metadata"
    with reading(metadata):
        (store,) = json.loads(entry_lines(metadata)[0])["stateStoreInfo"]
        partitions = int(store["numPartitions"])
    for partition in range(partitions):
        folder = operator / str(partition)
        for needed in range(version, 0, -1):
            snapshot = folder / f"{needed}.snapshot"
            if snapshot.exists():
                _look_at_state(snapshot)
                break
            _look_at_state(folder / f"{needed}.delta")


def _look_at_state(path: Path) -> None:
    with reading(path), path.open("rb") as file:
        begins = file.read(len(_STATE_BEGINS))
        size_bytes = file.seek(0, 2)
        file.seek(max(0, size_bytes - len(_STATE_ENDS)))
        if size_bytes == 0:
            raise ValueError("it is empty")
        if begins != _STATE_BEGINS or file.read() != _STATE_ENDS:
            raise ValueError("it is truncated, or has other content")
