"""What `status` knows of a kit: its parts, its topic, how far each query has come, what has landed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from clickstream.contract.progress import NO_DIFFERENCES, Differences
from clickstream.contract.topic import TopicStatus


class PartState(StrEnum):
    """How a part is."""

    RUNNING = "running"
    NO_ANSWER = "no answer"
    """Not ours to start, and not to be reached."""
    STOPPING = "stopping"
    """A command has asked it to end, and it has not ended yet."""
    STOPPED = "stopped"
    """It was not started, or it was asked to end, or it ended without an error."""
    KILLED = "killed"
    """It was started, and ended by a signal that no command of the kit sent."""
    CRASHED = "crashed"
    """It was started, and ended with an error."""

    @property
    def died(self) -> bool:
        """Whether the part ended though it should run."""
        return self in (PartState.KILLED, PartState.CRASHED)


@dataclass(frozen=True, slots=True)
class LastCount:
    """What a part that no longer runs had last counted, and when: at least so many."""

    count: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PartStatus:
    """One part: what runs it, where it answers, since when; of a dead one how it ended.

    `exit_code` is None if it is not known, or if a signal ended it: then `signal` has its name, such as
    SIGKILL. `why` is a sentence without full stop, `last_lines` the end of the log of a part that died.
    """

    name: str
    state: PartState
    address: str = ""
    pid: int | None = None
    container: str | None = None
    uptime_s: float | None = None
    log: Path | None = None
    exit_code: int | None = None
    signal: str = ""
    why: str = ""
    last_lines: tuple[str, ...] = ()
    differences: Differences = NO_DIFFERENCES


@dataclass(frozen=True, slots=True)
class QueryStatus:
    """The newest batch of a query, and how far behind the topic's end it is.

    `committed` is the offset after the last one read, by partition. `lag` counts the offsets of the topic
    that the query has not read; None where the topic cannot be asked, or is not the run's. `duration_s` is
    the time from when Spark planned the batch until it had landed, None if it is not known.
    `processed_per_s` counts offsets over the last minute, None before two batches. `newest_event_ms` is the
    newest event time that moved the watermark.
    """

    query: str
    batch_id: int
    landed_at: datetime
    offsets_in: int
    watermark_ms: int
    committed: dict[int, int]
    lag: int | None
    duration_s: float | None = None
    processed_per_s: float | None = None
    newest_event_ms: int | None = None


@dataclass(frozen=True, slots=True)
class LandedBatch:
    """A batch that has landed since the status was read before."""

    query: str
    batch_id: int
    landed_at: datetime
    offsets_in: int
    duration_s: float | None
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class LastCheck:
    """The last verdict on the run, the batches that landed after it, and the late events by table.

    `not_checked` counts the tables whose rows were compared with nothing.
    """

    passed: bool
    checked_at: datetime
    batches_since: int
    late: dict[str, int]
    not_checked: int = 0


@dataclass(frozen=True, slots=True)
class KitStatus:
    """Everything at one moment; `notes` are sentences on missing figures, with the cause."""

    at: datetime
    parts: tuple[PartStatus, ...]
    topic: TopicStatus | None
    queries: tuple[QueryStatus, ...]
    rows_landed: dict[str, int]
    acknowledged: int | None
    """Records that the running producer has had acknowledged."""
    acknowledged_at_least: LastCount | None = None
    """Of a producer that does not run: its last known count."""
    notes: tuple[str, ...] = ()
    input_per_s: float | None = None
    """New offsets of the topic over the last minute; None at the first reading."""
    last_check: LastCheck | None = None
    new_batches: tuple[LandedBatch, ...] = ()
    """What has landed since the reading before; at the first reading all that has landed."""
