"""What a running part reports about itself; pipeline passes it on, cli prints it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """One finished micro-batch of one query; its watermark in milliseconds since the Unix epoch."""

    query: str
    batch_id: int
    offsets_in: int
    rows_landed: dict[str, int]
    watermark_ms: int
    duration_s: float
    replayed: bool
    """The batch had landed before a crash; it was computed again and its files were kept."""


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """What became of the records sent to the broker so far; produced = acknowledged + failed at the end."""

    produced: int
    acknowledged: int
    failed: int


@dataclass(frozen=True, slots=True)
class SettingDifference:
    """A setting that a running part has another value of than the settings give now; both as text."""

    name: str
    runs_with: str
    now: str


@dataclass(frozen=True, slots=True)
class Differences:
    """The settings in which a running part differs from those of now, and the command that applies these."""

    settings: tuple[SettingDifference, ...] = ()
    apply: str = ""
    why: str = ""
    """Why it takes this command, if a restart of the part does not do; a sentence."""


NO_DIFFERENCES = Differences()


@dataclass(frozen=True, slots=True)
class RunningPart:
    """One part of a running pipeline; `pid` and `log` are None for a broker that is not ours."""

    name: str
    address: str
    pid: int | None
    log: Path | None
    answered: str
    """What it did to show that it works."""
    started_now: bool
    container: str = ""
    """The id of the container that it runs in; empty where it is a process."""
    differences: Differences = NO_DIFFERENCES
    writes_to: Path | None = None
    """The run's folder of landed tables; only of the job."""
