"""What earlier producers sent of a file: by their ledgers and, after one that was killed, by the topic."""

import hashlib
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from clickstream.broker.reading import read_ranges
from clickstream.broker.topics import TopicDescription, offset_ranges
from clickstream.clock import Clock
from clickstream.contract.ledger import SentFile, SentLedger, read_ledger
from clickstream.errors import RunInProgress, UsageError
from clickstream.generate.from_file.stream import FileStream
from clickstream.generate.record_stream import chunks
from clickstream.pipeline.produce.ledger import still_runs
from clickstream.settings import BrokerSettings

if TYPE_CHECKING:
    from clickstream.contract.records import OffsetRange

BEGINNING_BYTES = 2**20
"""Of so many bytes at most the SHA-256 tells one file from another."""

_MOST_AHEAD = 200_000
"""Records of the file that are compared with those of a partition; librdkafka's queue holds 100,000."""


def described(path: Path) -> SentFile:
    """What tells this file from others."""
    return SentFile(str(path.absolute()), path.stat().st_size, _beginning(path, BEGINNING_BYTES))


def newest_ledger(
    folder: Path, path: str, topic: TopicDescription, clock: Clock
) -> tuple[SentFile, SentLedger] | None:
    """The ledger of the producer that last sent from this file into the topic; refused while that runs."""
    found: list[tuple[str, SentFile, SentLedger, Path]] = []
    for ledger_path in folder.glob("*.jsonl"):
        try:
            ledger = read_ledger(ledger_path.read_bytes())
        except (OSError, ValueError):
            continue  # the check reports it
        if ledger is None or ledger.opening.file is None or ledger.opening.file.path != path:
            continue
        told_apart = ledger.opening.topic_id and topic.topic_id
        if ledger.opening.topic == topic.name and (
            not told_apart or ledger.opening.topic_id == topic.topic_id
        ):
            found.append((ledger.opening.started_at, ledger.opening.file, ledger, ledger_path))
    if not found:
        return None
    _, file, ledger, ledger_path = max(found, key=lambda each: each[0])
    if not ledger.closed and still_runs(ledger.opening, ledger_path, clock):
        raise RunInProgress(
            f"{path} is being sent by another producer, process {ledger.opening.pid}.",
            next_step="Wait for its end, or stop it with Ctrl-C.",
        )
    return file, ledger


def refuse_other(path: Path, now: SentFile, before: SentFile) -> None:
    """Refuse a file that does not continue what was sent before: shorter, or other bytes or settings."""
    if now.size_bytes < before.size_bytes:
        why = f"it has {now.size_bytes:,} bytes, and had {before.size_bytes:,}"
    elif _beginning(path, min(BEGINNING_BYTES, before.size_bytes)) != before.beginning:
        why = "it begins with other bytes"
    else:
        why = ""
    if why:
        raise UsageError(
            f"{path} is not the file of which a part was sent before: {why}.",
            next_step="Add --again to send it from the beginning, and --skip COUNT to leave out messages.",
        )
    for name in {**now.terms, **before.terms}:
        old, new = before.terms.get(name, "nothing"), now.terms.get(name, "nothing")
        if old != new:
            raise UsageError(
                f"{path} was sent with {name}={old} before, and {name} is {new} now: its rest would not fit.",
                next_step=f"Set {name} to {old} to continue, or add --again to send it from the beginning.",
            )


def sent_of(
    ledger: SentLedger,
    file: SentFile,
    broker: BrokerSettings,
    open_again: Callable[[], FileStream],
    first: int,
) -> dict[int, int]:
    """How many records of the file are in the topic, by partition.

    Args:
        ledger: of the producer that sent from the file last.
        file: as that ledger describes it.
        broker: the topic is read where the ledger does not say everything.
        open_again: the file's records, from its beginning.
        first: the place in the file where sending began.
    """
    sent = ledger.sent
    counts, begins = dict(file.sent), dict(ledger.opening.topic_ends)
    # After a failure records behind it may have been acknowledged, so that their number says nothing.
    if not sent.failed:
        for partition, span in sent.partitions.items():
            if ledger.closed or span.last >= 0:
                counts[partition] = counts.get(partition, 0) + span.records
                begins[partition] = span.last + 1
    if ledger.closed and not sent.failed:
        return counts
    unread: dict[int, OffsetRange] = {}
    for partition, (begin, end) in offset_ranges(broker).items():
        begin = max(begin, begins.get(partition, 0))
        if begin < end:
            unread[partition] = (begin, end)
    stream = open_again()
    place = stream.pass_over(first, counts)
    expected = _Expected(stream, place)
    for records in read_ranges(broker, unread, with_keys=True):
        for partition, key, value in zip(records.partitions, records.keys, records.values, strict=True):
            if expected.is_next(partition, key, value):
                counts[partition] = counts.get(partition, 0) + 1
    return counts


class _Expected:
    """The records of a file by partition, read as far as they are compared."""

    def __init__(self, stream: FileStream, first: int) -> None:
        self._records = chunks(stream, None, first=first)
        self._waiting: dict[int, deque[tuple[bytes | None, bytes | None]]] = {}
        self._ahead = 0

    def is_next(self, partition: int, key: bytes | None, value: bytes | None) -> bool:
        """Whether this is the next record of the file in its partition; if so, the one after it is next."""
        waiting = self._waiting.setdefault(partition, deque())
        while (
            not waiting and self._ahead < _MOST_AHEAD and (records := next(self._records, None)) is not None
        ):
            self._ahead += len(records)
            for its, *record in zip(records.partitions, records.keys, records.values, strict=True):
                self._waiting.setdefault(its, deque()).append((record[0], record[1]))
        if not waiting or waiting[0] != (key, value):
            return False
        waiting.popleft()
        self._ahead -= 1
        return True


def _beginning(path: Path, size: int) -> str:
    with path.open("rb") as file:
        return hashlib.sha256(file.read(size)).hexdigest()
