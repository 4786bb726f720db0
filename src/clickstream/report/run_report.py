"""What the report of a run says, as data: the page is drawn from it, and `report --json` prints it.

format_version   1; raised when a member below changes its name or meaning
pipeline, run    the definition's name, and RUN_ID; `output` is the run's folder, `written_at` ISO-8601 in UTC
outcome          result ("pass", "fail", "could_not_check", "not_checked"), sentence, next_step, details[],
                 checked_at, batches_since (landed after the check looked)
verdict          null without a check, else as in `check --json`
flow[]           label, count (null: not known), note
    rejected, late   {reason: messages}; {table: events that were dropped}, empty without a check
queries[]        query, batches, newest_batch, landed_at, watermark, lag (null: not known)
parts[]          name, state, address; of a kit that was started with `up`
charts[]         title, meaning, unit ("time": microseconds of the Unix epoch), missing (why it is empty),
                 series[]: name, points [[seconds of the Unix epoch, value], …] in order of time
tables[]         table, kind, query, rows, files[]: format, files, size_bytes; columns[], newest[] (rows as
                 text, oldest first), landed (a chart of its rows), note (why there are none)
settings[]       name, value, is_default; secrets are masked
versions, repeat, notes
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from clickstream.check.findings import Verdict

FORMAT_VERSION = 1

TIME_UNIT = "time"
"""The unit of a chart whose values are moments."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known of the run's rows: the last check's result in a sentence, and what to do about it."""

    result: str
    sentence: str
    next_step: str = ""
    details: tuple[str, ...] = ()
    checked_at: datetime | None = None
    batches_since: int = 0


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One place that records pass; `count` is None where it is not known."""

    label: str
    count: int | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class QueryFacts:
    """A query's progress; `watermark` is text, empty without one.

    `begun_at`, when Spark planned the first batch, and `lag` are None if they are not known. `records` are
    the offsets that all batches cover.
    """

    query: str
    batches: int
    newest_batch: int
    records: int
    begun_at: datetime | None
    landed_at: datetime
    watermark: str
    lag: int | None

    @property
    def records_per_s(self) -> int | None:
        """Records for each second from the first batch's plan to the newest batch."""
        if self.begun_at is None or self.landed_at <= self.begun_at:
            return None
        return round(self.records / (self.landed_at - self.begun_at).total_seconds())


@dataclass(frozen=True, slots=True)
class PartFacts:
    """A part that was started: its state and where it answers."""

    name: str
    state: str
    address: str


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart: points (seconds of the Unix epoch, value) in order of time."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """Values over time; `missing` says why there are none. Two are the same only if they are one object."""

    title: str
    meaning: str
    unit: str
    series: tuple[Series, ...]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class FilesFacts:
    """The landed files of one table in one format."""

    format: str
    files: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A landed table: how many rows, in which files, and the newest rows as text, oldest first."""

    table: str
    kind: str
    query: str
    rows: int
    files: tuple[FilesFacts, ...]
    columns: tuple[str, ...]
    newest: tuple[tuple[str, ...], ...]
    landed: Chart
    note: str = ""


@dataclass(frozen=True, slots=True)
class SettingFacts:
    """A setting as it acted; a secret's value is masked."""

    name: str
    value: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class RunReport:
    """Everything that the page says; the module explains each member."""

    pipeline: str
    run: str
    output: str
    written_at: datetime
    outcome: Outcome
    verdict: Verdict | None = None
    flow: tuple[FlowStep, ...] = ()
    rejected: Mapping[str, int] = field(default_factory=dict)
    late: Mapping[str, int] = field(default_factory=dict)
    queries: tuple[QueryFacts, ...] = ()
    parts: tuple[PartFacts, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[TableFacts, ...] = ()
    settings: tuple[SettingFacts, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    repeat: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    format_version: int = FORMAT_VERSION


def as_json(report: RunReport) -> str:
    """The report as one JSON object; the module says what is in it."""
    return json.dumps(asdict(report), indent=2, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
