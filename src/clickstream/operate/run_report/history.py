"""The batches of a run, one after the other; asked again, it reads only the new ones."""

from collections import Counter, deque
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from clickstream.check.landed.summaries import newest_moments, rejected_by_reason
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import EVENTS, QUERIES
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.new_records import LandedRecord, RecordsSoFar

KEPT_BATCHES = 20_000
"""Batches of each query that are kept for the charts, the newest: more than a day at five seconds each."""
_RECORDS_AT_ONCE = 500
_CLOCKS_DIFFER_S = 2.0
"""So much the clocks of files and of Spark may differ."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One landed batch.

    `landed_at_s` is the time of the record's file, in seconds of the Unix epoch. `duration_s` is None where
    it is not known when Spark planned the batch. `read_until` is the sum of the end offsets of all
    partitions. The newest times are in microseconds, None in batches without events and of queries that
    land no events. `rows` is by table.
    """

    batch_id: int
    landed_at_s: float
    duration_s: float | None
    offsets_in: int
    read_until: int
    watermark_ms: int
    newest_event_us: int | None
    newest_kafka_us: int | None
    rows: dict[str, int]


@dataclass(slots=True)
class TableSoFar:
    """What has landed of a table: rows, and by format files and bytes."""

    rows: int = 0
    files: Counter[str] = field(default_factory=Counter)
    size_bytes: Counter[str] = field(default_factory=Counter)


class RunHistory:
    """What the batch records of a run say, as of the last `update`."""

    def __init__(self, layout: Layout, pipeline: Pipeline) -> None:
        self._layout = layout
        self._pipeline = pipeline
        self._records = RecordsSoFar(layout)
        self._begin()

    def _begin(self) -> None:
        self.batches: dict[str, deque[Batch]] = {query: deque(maxlen=KEPT_BATCHES) for query in QUERIES}
        self.count: dict[str, int] = dict.fromkeys(QUERIES, 0)
        """How many batches each query has landed, those included that are no longer kept."""
        self.offsets_read: dict[str, int] = dict.fromkeys(QUERIES, 0)
        """How many offsets of the topic all batches of each query cover."""
        self.begun_s: dict[str, float] = {}
        """When Spark planned the first batch of each query, in seconds of the Unix epoch, if it is known."""
        self.tables: dict[str, TableSoFar] = {table.name: TableSoFar() for table in self._pipeline.tables}
        self.rejected: Counter[str] = Counter()
        """Rejected messages by reason."""
        self.is_copy = False
        """Whether files have lost their times, as after a copy; batches then have those of their plans."""

    @property
    def unreadable(self) -> list[Path]:
        """Records that cannot be read; what they name is not in the figures."""
        return self._records.unreadable

    def update(self) -> None:
        """Read what has landed since the last time; after a run was removed it starts over."""
        new = self._records.new()
        if new.starts_over:
            self._begin()
        for query, paths in new.paths.items():
            for first in range(0, len(paths), _RECORDS_AT_ONCE):
                some = map(self._records.read, paths[first : first + _RECORDS_AT_ONCE])
                self._add(query, [found for found in some if found is not None])

    def _add(self, query: str, records: list[LandedRecord]) -> None:
        self.is_copy = self.is_copy or _landed_after_the_next_began(records)
        if self.is_copy:
            records = [(record, (record.planned_at_ms or at_s * 1_000) / 1_000) for record, at_s in records]
        newest: dict[str, tuple[int, int]] = {}
        if query == EVENTS:
            events, rejected = self._pipeline.event_table.name, self._pipeline.rejected_table.name
            output = self._layout.output
            newest = newest_moments(
                output, [file for each, _ in records for file in each.tables[events].parquet]
            )
            self.rejected.update(
                rejected_by_reason(
                    output, [file for each, _ in records for file in each.tables[rejected].parquet]
                )
            )
        for record, landed_at_s in records:
            self._count(record)
            moments = [newest[file.path] for file in record.files() if file.path in newest]
            # Batches land in order, but the times of their files may have been changed.
            before_s = self.batches[query][-1].landed_at_s if self.batches[query] else landed_at_s
            self.batches[query].append(
                Batch(
                    batch_id=record.batch_id,
                    landed_at_s=max(landed_at_s, before_s),
                    duration_s=None if self.is_copy else _duration_s(record, landed_at_s),
                    offsets_in=record.offsets_in,
                    read_until=sum(end for _, end in record.offsets.values()),
                    watermark_ms=record.watermark_ms,
                    newest_event_us=max((event_us for event_us, _ in moments), default=None),
                    newest_kafka_us=max((kafka_us for _, kafka_us in moments), default=None),
                    rows={name: landed.rows for name, landed in record.tables.items()},
                )
            )

    def _count(self, record: BatchRecord) -> None:
        if not self.count[record.query] and record.planned_at_ms is not None:
            self.begun_s[record.query] = record.planned_at_ms / 1_000
        self.count[record.query] += 1
        self.offsets_read[record.query] += record.offsets_in
        for name, landed in record.tables.items():
            so_far = self.tables[name]
            so_far.rows += landed.rows
            for file_format, files in (("parquet", landed.parquet), ("csv", landed.csv)):
                so_far.files[file_format] += len(files)
                so_far.size_bytes[file_format] += sum(file.size_bytes for file in files)


def _landed_after_the_next_began(records: list[LandedRecord]) -> bool:
    """Whether a file is newer than the plan of the next batch, which Spark makes when the file is there."""
    return any(
        landed_at_s > following.planned_at_ms / 1_000 + _CLOCKS_DIFFER_S
        for (_, landed_at_s), (following, _) in pairwise(records)
        if following.planned_at_ms is not None
    )


def _duration_s(record: BatchRecord, landed_at_s: float) -> float | None:
    """From when Spark planned the batch until it had landed; None if the times of files do not say."""
    duration_s = landed_at_s - (record.planned_at_ms or 0) / 1_000
    return duration_s if record.planned_at_ms is not None and duration_s >= 0 else None
