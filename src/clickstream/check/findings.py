"""What a check came to: values, never exceptions; a verdict holds everything that was found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from clickstream.check.ledger_verdict import LedgerVerdict
from clickstream.contract.run.skipped import SkippedRecord


class Severity(StrEnum):
    """Whether a single finding makes the verdict FAIL."""

    FAILURE = "failure"
    WARNING = "warning"


class Code(StrEnum):
    """Every kind of finding there is; the value is what machines read."""

    TERMS_DIFFER = "terms_differ"
    """The terms beside the checkpoint are not those beside the output."""
    CHECKPOINT_MISSING = "checkpoint_missing"
    """A warning: without Spark's own log the newest batches could be missing unseen."""
    RECORD_INVALID = "record_invalid"
    """A batch record cannot be read, or says something that cannot be."""
    RECORD_MISSING = "record_missing"
    """A batch that must have landed has no record."""
    OFFSETS_BROKEN = "offsets_broken"
    """A batch does not begin where the one before ended."""
    OFFSETS_NOT_SPARKS = "offsets_not_sparks"
    """A record has other offsets or another watermark than Spark's own log of the batch."""
    WATERMARK_WRONG = "watermark_wrong"
    """A batch ran with another watermark than the events before it give."""
    FILE_MISSING = "file_missing"
    FILE_CHANGED = "file_changed"
    """A file has not the size, hash or number of rows of its record."""
    FILE_UNREADABLE = "file_unreadable"
    FILE_SCHEMA = "file_schema"
    """A file has not the columns or types of its table."""
    FILE_MISPLACED = "file_misplaced"
    """A file in the folder of a date has rows of another one."""
    FILE_TWICE = "file_twice"
    """Two records, or one record twice, name one file."""
    FILE_LEFTOVER = "file_leftover"
    """A file that no record names; a warning where it can only be of a batch that has not landed yet."""
    FORMATS_DIFFER = "formats_differ"
    """CSV and Parquet of one batch and table do not hold the same rows."""
    RECORD_COUNT = "record_count"
    """A record of the topic is in neither or in both of the tables of events and of rejected messages."""
    ROWS_DIFFER = "rows_differ"
    """Rows of a table are missing, unexpected, different or doubled; the table's verdict lists them."""
    LEDGER_UNREADABLE = "ledger_unreadable"
    """A ledger of what was sent cannot be read, so that it cannot be balanced."""
    LEDGER_OPEN = "ledger_open"
    """A warning: a producer ended without closing its ledger; its last records are not accounted for."""
    SENT_NOT_IN_TOPIC = "sent_not_in_topic"
    """A record that the broker acknowledged is not in the topic."""
    FAULT_MISPLACED = "fault_misplaced"
    """A record sent with a fault is not where such a record belongs, or one sent without was rejected."""
    LANDED_UNBALANCED = "landed_unbalanced"
    """Landed and rejected rows are not as many as the records in the committed offsets."""
    RECORDS_SKIPPED = "records_skipped"
    """A warning: the run skipped records that Spark cannot read, because of a user's command."""
    SKIPPED_READABLE = "skipped_readable"
    """A record is listed as skipped, though it can be read."""
    BEFORE_1970 = "before_1970"
    """A warning: windows of some events end before 1970, where the watermark starts: they are always late."""
    TIMES_UNREADABLE = "times_unreadable"
    """A warning: event times are not in the form that counts, so that the Kafka timestamps do."""
    NOT_CHECKED = "not_checked"
    """A warning: the rows of a table were not compared with anything."""
    WATERMARK_AHEAD = "watermark_ahead"
    """A warning: an event far ahead of its Kafka timestamp moved the watermark."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or worth knowing: a code, a sentence, and where.

    `file` is the path below OUTPUT_PATH; `details` are lines that show examples.
    """

    code: Code
    sentence: str
    severity: Severity = Severity.FAILURE
    table: str | None = None
    query: str | None = None
    batch_id: int | None = None
    file: str | None = None
    details: tuple[str, ...] = ()


_CONSEQUENCES = (Code.FORMATS_DIFFER, Code.WATERMARK_WRONG, Code.RECORD_COUNT, Code.ROWS_DIFFER)
"""What a damaged record or file brings with it, the nearest first."""


def causes_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings with those at the end that others of them may have caused."""
    order = {code: place for place, code in enumerate(_CONSEQUENCES, start=1)}
    return tuple(sorted(findings, key=lambda finding: order.get(finding.code, 0)))


class Mismatch(StrEnum):
    """How a landed row and an expected row can fail to agree."""

    MISSING = "missing"
    """Expected, and not landed."""
    UNEXPECTED = "unexpected"
    """Landed, and not expected."""
    DIFFERENT = "different"
    """Landed with another value in some column than expected, or by another batch."""
    DOUBLED = "doubled"
    """Landed once more than once."""


@dataclass(frozen=True, slots=True)
class MismatchedRow:
    """One mismatched row as an example: its key, and for `different` the column and both values.

    `expected` and `landed` are rendered values of `column`, or of the whole row where `column` is None;
    `batch_id` is the batch that landed the row, or should have.
    """

    mismatch: Mismatch
    key: Mapping[str, str]
    batch_id: int
    file: str | None = None
    column: str | None = None
    expected: str | None = None
    landed: str | None = None


class Coverage(StrEnum):
    """By what the rows of a table were checked."""

    INDEPENDENT = "independent"
    """By a computation that shares no code with the job."""
    ONE_BATCH = "same code, one batch"
    """By the job's own code for the table, over all events at once: finds loss, duplicates and lateness."""
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class NotChecked:
    """Why the rows of a table were not checked, and what to do about it; both in sentences."""

    why: str
    next_step: str


@dataclass(frozen=True, slots=True)
class TableVerdict:
    """One table: by what it was checked, how many rows were expected and landed, and those that disagree.

    `rows_expected` is None for a table that is not checked.
    `open_windows` counts the rows to come: a window and key (or a session) that the watermark has not
    passed yet. `late_events_dropped` counts the events that the late filter dropped, `before_1970` those of
    them whose window ends by 1970-01-01, `late_by_batch` the dropped ones by the batch that read them. All
    four are None for tables without windows. `examples` are the first of the mismatched rows, kind by kind.
    """

    table: str
    rows_expected: int | None
    rows_landed: int
    open_windows: int | None = None
    late_events_dropped: int | None = None
    before_1970: int | None = None
    late_by_batch: Mapping[int, int] | None = None
    mismatches: Mapping[Mismatch, int] = field(default_factory=dict)
    examples: tuple[MismatchedRow, ...] = ()
    coverage: Coverage = Coverage.INDEPENDENT
    not_checked: NotChecked | None = None

    @property
    def mismatched_rows(self) -> int:
        """All rows that disagree, of every kind."""
        return sum(self.mismatches.values())


@dataclass(frozen=True, slots=True)
class QueryVerdict:
    """One query: its landed batches, the topic's offsets they cover, and its last watermark.

    `batches_with_offsets` leaves out those that only wrote what the watermark had completed;
    `batches_cross_checked` is how many of Spark's own log entries were still there and were compared.
    """

    query: str
    batches: int
    batches_with_offsets: int
    offsets: int
    watermark_ms: int
    batches_cross_checked: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check came to; it passes when no finding is a failure.

    `events` and `rejected` count the messages of the topic that the events query has committed, as the
    check decoded them; `reasons` counts the rejected ones by reason. `gaps` counts the offsets in its
    batches without a record: ends of transactions, aborted records. `seconds_by_stage` is how long each stage
    took. `ledger` is None where no producer has left a ledger of the topic. `skipped` are the records that
    Spark cannot read and the events query is past.
    """

    tables: tuple[TableVerdict, ...]
    queries: tuple[QueryVerdict, ...]
    findings: tuple[Finding, ...]
    events: int
    rejected: int
    reasons: Mapping[str, int]
    gaps: int
    seconds_by_stage: Mapping[str, float]
    ledger: LedgerVerdict | None = None
    skipped: tuple[SkippedRecord, ...] = ()

    @property
    def failures(self) -> tuple[Finding, ...]:
        """The findings that make the verdict FAIL."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.FAILURE)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that are worth knowing, and no failure."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.WARNING)

    @property
    def not_checked(self) -> tuple[TableVerdict, ...]:
        """The tables whose rows were not checked."""
        return tuple(table for table in self.tables if table.coverage is Coverage.NOT_CHECKED)

    @property
    def passed(self) -> bool:
        """Whether every file, record and checked row is right."""
        return not self.failures
