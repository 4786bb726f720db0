"""Keeping the ledger of what a producer sends, and telling whether its producer still runs."""

import os
import platform
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from io import FileIO
from pathlib import Path
from typing import Protocol

import psutil

from clickstream.clock import Clock
from clickstream.contract.ledger import LedgerOpening, Sent, SentFile, opening_line, sent_line
from clickstream.errors import writing
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import BrokerSettings, GeneratorSettings

WRITTEN_EVERY_S = 5.0
"""How much of a killed producer's account may be missing."""

FRESH_S = 60.0
"""How long ago a producer on another machine may have written, to count as one that still sends."""

MOST_FAULTS_KEPT = 10_000
"""So many places of faults are written at once, however short the while: what bounds the memory."""


class Accountable(Protocol):
    """What the ledger asks of a producer."""

    @property
    def faults_noted(self) -> int:
        """How many places of faults are waiting to be taken."""

    def take_account(self) -> Sent:
        """What has become of the records; of those with faults, the places since this was last asked."""


@contextmanager
def kept_ledger(
    folder: Path, producer: Accountable, opening: LedgerOpening, clock: Clock
) -> Iterator[Callable[[], None]]:
    """Write a producer's ledger into its own file; yields a function to call after every chunk.

    The closing line is written at the end of the block, also when that ends by an error, where every record
    has had its report by then. A process that is killed cannot write it: that is how it shows.
    """
    begun = opening.started_at.replace("-", "").replace(":", "").split(".")[0].split("+")[0]
    path = folder / f"{begun}-{uuid.uuid4().hex[:12]}.jsonl"
    with _writing(path):
        folder.mkdir(parents=True, exist_ok=True)
        # Unbuffered: a line is with the system once it is written, and outlives the process.
        file = path.open("xb", buffering=0)
    with file:
        ledger = _Ledger(file, path)
        ledger.append(opening_line(opening))
        due_s = clock.monotonic_s() + WRITTEN_EVERY_S

        def note() -> None:
            nonlocal due_s
            if clock.monotonic_s() >= due_s or producer.faults_noted >= MOST_FAULTS_KEPT:
                ledger.append(sent_line(producer.take_account(), closing=False))
                due_s = clock.monotonic_s() + WRITTEN_EVERY_S

        try:
            yield note
        finally:
            sent = producer.take_account()
            # A second Ctrl-C may also interrupt the wait for the last reports.
            complete = sent.produced == sent.acknowledged + sent.failed
            ledger.append(sent_line(sent, closing=complete))


def opening_of(
    broker: BrokerSettings,
    topic_id: str,
    topic_ends: Mapping[int, int],
    generator: GeneratorSettings,
    clock: Clock,
    file: SentFile | None = None,
) -> LedgerOpening:
    """The opening of this process's ledger; `topic_ends` are the partitions' end offsets before it sends."""
    return LedgerOpening(
        topic=broker.topic,
        topic_id=topic_id,
        acks=broker.acks,
        seed=generator.seed,
        start_time=generator.start_time,
        started_at=clock.now().isoformat(timespec="milliseconds"),
        host=platform.node(),
        pid=os.getpid(),
        process_started_at_s=psutil.Process().create_time(),
        topic_ends=topic_ends,
        file=file,
    )


def still_runs(opening: LedgerOpening, ledger: Path, clock: Clock) -> bool:
    """Whether the process that keeps this ledger is alive; elsewhere, whether it has just written."""
    if opening.host != platform.node():
        # A container is another machine, too: its process ids say nothing here.
        return clock.now().timestamp() - ledger.stat().st_mtime < FRESH_S
    writer = StartedProcess("producer", opening.pid, opening.process_started_at_s, (), Path())
    return writer.is_running()


class _Ledger:
    """Appends whole lines; after one that could not be written whole, nothing more: it stays the last."""

    def __init__(self, file: FileIO, path: Path) -> None:
        self._file = file
        self._path = path
        self._torn = False

    def append(self, line: str) -> None:
        if self._torn:
            return
        self._torn = True
        with _writing(self._path):
            rest = line.encode()
            while rest:
                rest = rest[self._file.write(rest) :]
        self._torn = False


def _writing(path: Path) -> AbstractContextManager[None]:
    step = "Make it writable and free space on its disk, or set OUTPUT_PATH to another folder."
    return writing(f"The ledger of sent records in {path.parent}", next_step=step)
