"""Spark's own log of a query: which batches it knows, and what it wrote down about each.

`offsets/N` comes before batch N: a line `v1`, a JSON object with `batchWatermarkMs`, and a line with the end
offsets, exclusive, such as `{"topic":{"0":123}}`. A query that reads its source in several branches repeats
that line. `commits/N` comes after batch N. `sources/0/0` holds where batch 0 begins, `metadata` the id of the
query. (Spark 4.2: OffsetSeqLog, CommitLog, KafkaSourceInitialOffsetWriter.)
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

EndOffsets = dict[int, int]
"""The offset after the last one, by partition."""

OffsetsIn = Callable[[str], EndOffsets]
"""Reads the line of a source."""


class UnreadableEntry(Exception):
    """A file of a checkpoint that cannot be read; `why` ends a sentence that begins with its path."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} {why}")
        self.path = path
        self.why = why


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Name the file where the block that reads it fails.

    Raises:
        UnreadableEntry: the block raised what it may raise for any bytes.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise UnreadableEntry(path, "is missing") from error
    except OSError as error:
        raise UnreadableEntry(path, f"cannot be read: {error.strerror}") from error
    except json.JSONDecodeError as error:
        what = "it is not JSON" if error.doc.strip() else "it is empty"
        raise UnreadableEntry(path, f"cannot be read: {what}") from error
    # 1e999 is JSON, but not an integer.
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        what = str(error) if type(error) is ValueError else "it does not have the format of Spark"
        raise UnreadableEntry(path, f"cannot be read: {what}") from error


def batches_in(log: Path) -> list[int]:
    """The batches that one of Spark's logs of a query has an entry of, in order."""
    if not log.is_dir():
        return []
    # Only ASCII digits: other digits of Python are not in batch names.
    return sorted(int(path.name) for path in log.iterdir() if path.name.isdecimal() and path.name.isascii())


def newest_batch_in(log: Path) -> int:
    """The last of them, -1 for none."""
    return max(batches_in(log), default=-1)


def is_in_a_batch(checkpoint: Path) -> bool:
    """Whether a batch has begun and not ended: one that is under way, or was cut off.

    True from before Spark plans the batch, which on a busy machine takes seconds before it calls us.
    """
    # In this order: what begins between the two looks is seen.
    ended = newest_batch_in(checkpoint / "commits")
    return newest_batch_in(checkpoint / "offsets") > ended


def kafka_offsets(line: str) -> EndOffsets:
    """The end offsets in the line of a Kafka source of one topic; empty for a topic without any yet."""
    by_topic = json.loads(line)
    return {int(partition): int(end) for ends in by_topic.values() for partition, end in ends.items()}


def end_of_batch(
    checkpoint: Path, batch_id: int, offsets_in: OffsetsIn = kafka_offsets
) -> tuple[EndOffsets, int]:
    """The end offsets of a batch, and the watermark (ms since the Unix epoch) that it runs with.

    Raises:
        UnreadableEntry: its entry cannot be read.
    """
    path = checkpoint / "offsets" / str(batch_id)
    with reading(path):
        metadata, *sources = entry_lines(path)
        if len(set(sources)) != 1:
            raise ValueError(f"it names {len(set(sources))} sources, not one")
        return offsets_in(sources[0]), int(json.loads(metadata)["batchWatermarkMs"])


def planned_at_ms(checkpoint: Path, batch_id: int) -> int | None:
    """When Spark planned a batch, milliseconds since the Unix epoch; None if its log does not say."""
    path = checkpoint / "offsets" / str(batch_id)
    with suppress(UnreadableEntry), reading(path):
        metadata, *_ = entry_lines(path)
        return int(json.loads(metadata)["batchTimestampMs"])
    return None


def next_watermark_ms(checkpoint: Path, batch_id: int) -> int:
    """The watermark that the batch after a committed one runs with.

    Raises:
        UnreadableEntry: the batch's commit cannot be read.
    """
    path = checkpoint / "commits" / str(batch_id)
    with reading(path):
        (metadata,) = entry_lines(path)
        return int(json.loads(metadata)["nextBatchWatermarkMs"])


def first_offsets(checkpoint: Path, offsets_in: OffsetsIn = kafka_offsets) -> EndOffsets:
    """Where batch 0 begins.

    Raises:
        UnreadableEntry: the file cannot be read.
    """
    path = checkpoint / "sources" / "0" / "0"
    with reading(path):
        # Spark wrote this file with a length prefix once and keeps one zero byte in front for old readers.
        version, source = path.read_bytes().removeprefix(b"\0").decode("utf-8").strip().split("\n")
        if version != "v1":
            raise ValueError("it does not begin in the format of Spark")
        return offsets_in(source)


def query_id(checkpoint: Path) -> str:
    """The id that Spark gave the query.

    Raises:
        UnreadableEntry: the file cannot be read.
    """
    path = checkpoint / "metadata"
    with reading(path):
        return str(json.loads(path.read_text(encoding="utf-8"))["id"])


def entry_lines(path: Path) -> list[str]:
    """The lines of an entry after the one with its version; raises what `reading` expects."""
    text = path.read_text(encoding="utf-8")
    if not text.strip():
        raise ValueError("it is empty")
    version, *lines = text.strip().split("\n")
    if version != "v1" or not lines:
        raise ValueError("it is not an entry of Spark's log")
    return lines
