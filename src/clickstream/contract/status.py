"""What `status` knows of a kit: its parts, its topic, how far each query has come, what has landed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from clickstream.contract.progress import NO_DIFFERENCES, Differences
from clickstream.contract.records import OffsetRange


class PartState(StrEnum):
    """How a part is."""

    RUNNING = "running"
    NO_ANSWER = "no answer"
    """Not ours to start, and not to be reached."""
    DIED = "died"
    """It was started, nobody stopped it, and it runs no longer."""
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class PartStatus:
    """One part: what runs it, where it answers, since when; of a dead one how it ended.

    `exit_code` is None where the part could not say it: it was killed, crashed, or is no Python of ours.
    `why` is a sentence without full stop, `last_lines` the end of the log; both are empty while it runs.
    """

    name: str
    state: PartState
    address: str = ""
    pid: int | None = None
    container: str | None = None
    uptime_s: float | None = None
    log: Path | None = None
    exit_code: int | None = None
    why: str = ""
    last_lines: tuple[str, ...] = ()
    differences: Differences = NO_DIFFERENCES


@dataclass(frozen=True, slots=True)
class TopicStatus:
    """The topic as its broker has it now: `[begin, end)` of every partition."""

    name: str
    bootstrap_servers: str
    offsets: dict[int, OffsetRange]

    @property
    def records(self) -> int:
        """How many offsets there are."""
        return sum(end - begin for begin, end in self.offsets.values())


@dataclass(frozen=True, slots=True)
class QueryStatus:
    """The newest batch of a query, and how far behind the topic's end it is.

    `committed` is the offset after the last one read, by partition. `lag` counts the records of the topic
    that the query has not read; None where the topic cannot be asked, or is not the run's.
    """

    query: str
    batch_id: int
    landed_at: datetime
    rows_in: int
    watermark_ms: int
    committed: dict[int, int]
    lag: int | None


@dataclass(frozen=True, slots=True)
class KitStatus:
    """Everything at one moment; `notes` are sentences on what could not be told, and why."""

    at: datetime
    parts: tuple[PartStatus, ...]
    topic: TopicStatus | None
    queries: tuple[QueryStatus, ...]
    rows_landed: dict[str, int]
    acknowledged: int | None
    """Records that the running producer has had acknowledged."""
    notes: tuple[str, ...] = ()
