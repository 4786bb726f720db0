"""The checkpoint's files, read before a session starts, so that an error can name a damaged one.

Spark itself ends during its start with a stack trace, and for some files it starts at the topic's beginning
again. Only what the next start needs is read: the newest entries of each log, where a query began, and the
state since its last snapshot. What a crash leaves (`.5.….tmp`, a batch that is logged and not committed, one
that has landed and is not committed) is not damage.

The forms are those of Spark 4.2: HDFSMetadataLog, OffsetSeqLog, CommitLog, HDFSBackedStateStoreProvider.
"""

import json
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from typing import Any

from clickstream.contract.definition.tables import EVENTS, QUERIES
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.new_run import ways_out
from clickstream.contract.run.query_log import (
    NOT_READABLE,
    batches_in,
    end_of_batch,
    entry_lines,
    first_offsets,
    next_watermark_ms,
    query_id,
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
        _read_all(layout, stateful)
    except CheckpointDamaged as error:
        restore = f"Restore checkpoint and output from the same backup.\n{ways_out(layout)}"
        raise CheckpointDamaged(error.sentence, next_step=f"{error.next_step} {restore}".strip()) from error


def _read_all(layout: Layout, stateful: int) -> None:
    for query in QUERIES:
        checkpoint = layout.query_checkpoint(query)
        offsets, commits = batches_in(checkpoint / "offsets"), batches_in(checkpoint / "commits")
        if offsets or commits or (checkpoint / "metadata").exists():
            _read(checkpoint / "metadata", lambda path: query_id(path.parent))
        if offsets or commits:
            last = max([*offsets, *commits])
            _read(checkpoint / "sources" / "0" / "0", lambda path: first_offsets(path.parents[2]))
            for batch_id in range(max(0, last - 1), last + 1):
                _read(
                    checkpoint / "offsets" / str(batch_id),
                    lambda path: end_of_batch(path.parents[1], int(path.name)),
                )
            for batch_id in range(max(0, last - 1), last + (last in commits)):
                _read_commit(checkpoint / "commits" / str(batch_id), newest=batch_id == last)
            if commits and query != EVENTS:  # which keeps no state
                for operator in range(stateful):
                    _read_state(checkpoint / "state" / str(operator), commits[-1] + 1)


def _read_commit(path: Path, *, newest: bool) -> None:
    again = f"Remove the file, so that its batch is computed again: `rm {quote(str(path))}`. Or:"
    _read(
        path,
        lambda commit: next_watermark_ms(commit.parents[1], int(commit.name)),
        again if newest else "",
    )


def _read_state(operator: Path, version: int) -> None:
    """Read what the next batch's state is made of: every change since the last snapshot, by partition."""
    partitions = _read(operator / "_metadata" / "metadata", _partitions_of_state)
    for partition in range(partitions):
        folder = operator / str(partition)
        for needed in range(version, 0, -1):
            snapshot = folder / f"{needed}.snapshot"
            if snapshot.exists():
                _read(snapshot, _look_at_state)
                break
            _read(folder / f"{needed}.delta", _look_at_state)


def _partitions_of_state(path: Path) -> int:
    (store,) = json.loads(entry_lines(path)[0])["stateStoreInfo"]
    return int(store["numPartitions"])


def _look_at_state(path: Path) -> None:
    with path.open("rb") as file:
        begins = file.read(len(_STATE_BEGINS))
        size_bytes = file.seek(0, 2)
        file.seek(max(0, size_bytes - len(_STATE_ENDS)))
        if size_bytes == 0:
            raise ValueError("it is empty")
        if begins != _STATE_BEGINS or file.read() != _STATE_ENDS:
            raise ValueError("it is truncated, or has other content")


def _read(path: Path, read: Callable[[Path], Any], next_step: str = "") -> Any:  # noqa: ANN401 - as `read`
    try:
        return read(path)
    except FileNotFoundError as error:
        raise CheckpointDamaged(f"{path} is missing.", next_step=next_step) from error
    except NOT_READABLE as error:
        raise CheckpointDamaged(f"{path} cannot be read: {_why(error)}.", next_step=next_step) from error


def _why(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, json.JSONDecodeError):
        return "it is empty" if not error.doc.strip() else "it is not JSON"
    return str(error) if type(error) is ValueError else "it does not have the format of Spark"
