"""What a run has landed so far and how fast, from its batch records; asked again, it reads only new ones."""

from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.new_records import RecordsSoFar

_WINDOW = timedelta(minutes=1)


class Rate:
    """How fast a count has grown: it is given now and then, with the time at which it was reached."""

    def __init__(self) -> None:
        self._reached: deque[tuple[datetime, int]] = deque()

    def reach(self, at: datetime, count: int) -> None:
        """Note a count; a smaller one than before starts over."""
        if self._reached and count < self._reached[-1][1]:
            self._reached.clear()
        self._reached.append((at, count))
        self._forget_before(at - _WINDOW)

    def per_s(self, now: datetime) -> float | None:
        """The growth per second over the last minute; None before there are two counts."""
        self._forget_before(now - _WINDOW)
        if len(self._reached) < 2:
            return None
        (since, first), (_, last) = self._reached[0], self._reached[-1]
        seconds = (now - since).total_seconds()
        return (last - first) / seconds if seconds > 0 else None

    def _forget_before(self, begin: datetime) -> None:
        # The last count before the window stays: growth is measured from there. Of slow batches, two stay.
        while len(self._reached) > 2 and self._reached[1][0] <= begin:
            self._reached.popleft()


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
