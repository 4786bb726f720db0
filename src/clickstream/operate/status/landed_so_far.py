"""What a run has landed so far, from its batch records; asked again, it reads only the new ones."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.recorded_batches import read_record


@dataclass(frozen=True, slots=True)
class NewestBatch:
    """The newest record of a query, and when it was written."""

    record: BatchRecord
    landed_at: datetime


class LandedSoFar:
    """Rows by table and the newest batch by query, as of the last `update`."""

    def __init__(self, layout: Layout, pipeline: Pipeline) -> None:
        self._layout = layout
        self._tables = [table.name for table in pipeline.tables]
        self._begin()

    def _begin(self) -> None:
        self._read: set[Path] = set()
        self.rows: dict[str, int] = dict.fromkeys(self._tables, 0)
        """Rows landed by table, in contract order."""
        self.newest: dict[str, NewestBatch] = {}
        """The newest batch by query; a query that has landed none is not in it."""
        self.unreadable: list[Path] = []
        """Records that cannot be read; what they name is not in the figures."""

    def update(self) -> None:
        """Read what has landed since the last time; after a run was removed it starts over."""
        by_query = {query: self._layout.record_paths(query) for query in QUERIES}
        if not self._read <= {path for paths in by_query.values() for path in paths}:
            self._begin()
        for query, paths in by_query.items():
            for path in paths:
                if path not in self._read:
                    self._read.add(path)
                    self._add(query, path)

    def _add(self, query: str, path: Path) -> None:
        try:
            landed_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            record = read_record(path)
        except (OSError, ValueError):
            self.unreadable.append(path)
            return
        for table, landed in record.tables.items():
            self.rows[table] = self.rows.get(table, 0) + landed.rows
        self.newest[query] = NewestBatch(record, landed_at)
