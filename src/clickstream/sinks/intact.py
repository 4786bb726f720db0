"""Is what Spark will go on from whole? Looked at before a session starts, so that a damaged file is named.

Left to itself, Spark ends in the middle of its start with a stack trace, and for some files it begins at the
topic's beginning again. Only what the next start needs is read: the newest entries of each log, where a
query began, and the state from its last snapshot on. What a crash leaves (`.5.….tmp`, a batch that is logged
and not committed, one that has landed and is not committed) is no damage.

The forms are those of Spark 4.2: HDFSMetadataLog, OffsetSeqLog, CommitLog, HDFSBackedStateStoreProvider.
"""

import json
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from typing import Any

from clickstream.contract.layout import Layout
from clickstream.contract.new_run import ways_out
from clickstream.contract.query_log import batches_in
from clickstream.contract.tables import EVENTS_RAW, QUERIES
from clickstream.errors import CheckpointDamaged
from clickstream.sinks.offset_log import kafka_offsets

_STATE_BEGINS = b"LZ4Block"
_STATE_ENDS = b"LZ4Block\x15" + bytes(12)
"""What closes a file of Spark's LZ4 stream: a block of no bytes. A file that was cut off has none."""


def refuse_damaged(layout: Layout) -> None:
    """Return only if every file that the next start needs can be read.

    Raises:
        CheckpointDamaged: one is missing, empty or something else; names it, and the ways out.
    """
    try:
        _read_all(layout)
    except CheckpointDamaged as error:
        restore = f"Restore checkpoint and output from one moment.\n{ways_out(layout)}"
        raise CheckpointDamaged(error.sentence, next_step=f"{error.next_step} {restore}".strip()) from error


def _read_all(layout: Layout) -> None:
    for query in QUERIES:
        checkpoint = layout.query_checkpoint(query)
        offsets, commits = batches_in(checkpoint / "offsets"), batches_in(checkpoint / "commits")
        if offsets or commits or (checkpoint / "metadata").exists():
            _read(checkpoint / "metadata", lambda path: json.loads(path.read_text("utf-8"))["id"])
        if offsets or commits:
            last = max([*offsets, *commits])
            _read(checkpoint / "sources" / "0" / "0", _initial_offsets)
            for batch_id in range(max(0, last - 1), last + 1):
                _read(checkpoint / "offsets" / str(batch_id), logged_offsets)
            for batch_id in range(max(0, last - 1), last + (last in commits)):
                _read_commit(checkpoint / "commits" / str(batch_id), newest=batch_id == last)
            if commits and query != EVENTS_RAW.query:  # the one that keeps no state
                _read_state(checkpoint / "state" / "0", commits[-1] + 1)


def logged_offsets(path: Path) -> tuple[dict[int, int], int]:
    """The end offsets and the watermark (ms) of an entry of the offset log.

    Raises:
        OSError, ValueError, LookupError, TypeError, AttributeError: it is no such entry.
    """
    metadata, source = _lines(path, 2)
    return kafka_offsets(source), int(json.loads(metadata)["batchWatermarkMs"])


def _initial_offsets(path: Path) -> dict[int, int]:
    content = path.read_bytes()
    if not content.startswith(b"\0v1\n"):
        raise ValueError("it does not begin as Spark writes it")
    return kafka_offsets(content.removeprefix(b"\0v1\n").decode("utf-8"))


def _read_commit(path: Path, *, newest: bool) -> None:
    again = f"Remove the file, and its batch is computed again and found landed: `rm {quote(str(path))}`. Or:"
    _read(
        path,
        lambda commit: int(json.loads(_lines(commit, 1)[0])["nextBatchWatermarkMs"]),
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
    (store,) = json.loads(_lines(path, 1)[0])["stateStoreInfo"]
    return int(store["numPartitions"])


def _look_at_state(path: Path) -> None:
    with path.open("rb") as file:
        begins = file.read(len(_STATE_BEGINS))
        size_bytes = file.seek(0, 2)
        file.seek(max(0, size_bytes - len(_STATE_ENDS)))
        if size_bytes == 0:
            raise ValueError("it is empty")
        if begins != _STATE_BEGINS or file.read() != _STATE_ENDS:
            raise ValueError("it was cut off, or is something else")


def _lines(path: Path, count: int) -> list[str]:
    """The lines of a log's entry after the one with its version."""
    text = path.read_text(encoding="utf-8")
    if not text.strip():
        raise ValueError("it is empty")
    version, *lines = text.strip().split("\n")
    if version != "v1" or len(lines) != count:
        raise ValueError("it is not an entry of Spark's log")
    return lines


def _read(path: Path, read: Callable[[Path], Any], next_step: str = "") -> Any:  # noqa: ANN401 - as `read`
    try:
        return read(path)
    except FileNotFoundError as error:
        raise CheckpointDamaged(f"{path} is missing.", next_step=next_step) from error
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise CheckpointDamaged(f"{path} cannot be read: {_why(error)}.", next_step=next_step) from error


def _why(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, json.JSONDecodeError):
        return "it is empty" if not error.doc.strip() else "it is not JSON"
    return str(error) if type(error) is ValueError else "it does not hold what Spark writes there"
