"""What a run has landed so far, from its batch records; asked again, it reads only the new ones."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.new_records import RecordsSoFar
from clickstream.operate.status.rates import Rate


@dataclass(frozen=True, slots=True)
class NewestBatch:
    """The newest record of a query, and when it was written."""

    record: BatchRecord
    landed_at: datetime

    @property
    def duration_s(self) -> float | None:
        """From when Spark planned the batch until it had landed; None if its record does not say."""
        planned_ms = self.record.planned_at_ms
        return None if planned_ms is None else self.landed_at.timestamp() - planned_ms / 1_000


class LandedSoFar:
    """Rows by table; number, rate and newest of the batches by query; as of the last `update`."""

    def __init__(self, layout: Layout, pipeline: Pipeline) -> None:
        self._tables = [table.name for table in pipeline.tables]
        self._records = RecordsSoFar(layout)
        self._begin()

    def _begin(self) -> None:
        self.rows: dict[str, int] = dict.fromkeys(self._tables, 0)
        """Rows landed by table, in contract order."""
        self.newest: dict[str, NewestBatch] = {}
        """The newest batch by query; a query that has landed none is not in it."""
        self.batches: dict[str, int] = dict.fromkeys(QUERIES, 0)
        """Batches landed by query."""
        self.rates: dict[str, Rate] = {query: Rate() for query in QUERIES}
        """Offsets landed by query."""
        self._offsets = dict.fromkeys(QUERIES, 0)

    @property
    def unreadable(self) -> list[Path]:
        """Records that cannot be read; what they name is not in the figures."""
        return self._records.unreadable

    def update(self) -> list[NewestBatch]:
        """Read what has landed since the last time, and return it; after a run was removed it starts over."""
        new = self._records.new()
        if new.starts_over:
            self._begin()
        landed = (self._records.read(path) for paths in new.paths.values() for path in paths)
        return [self._added(*found) for found in landed if found is not None]

    def _added(self, record: BatchRecord, landed_at_s: float) -> NewestBatch:
        query, landed_at = record.query, datetime.fromtimestamp(landed_at_s, UTC)
        for table, landed in record.tables.items():
            self.rows[table] = self.rows.get(table, 0) + landed.rows
        self.batches[query] += 1
        self._offsets[query] += record.offsets_in
        self.rates[query].reach(landed_at, self._offsets[query])
        self.newest[query] = NewestBatch(record, landed_at)
        return self.newest[query]
