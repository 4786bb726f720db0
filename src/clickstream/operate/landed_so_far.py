"""What a run has landed so far, from its batch records alone; asked again, it reads only the new ones."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from clickstream.contract.batch import BatchRecord
from clickstream.contract.landed import RecordFile, record_files
from clickstream.contract.layout import Layout
from clickstream.contract.tables import QUERIES, TABLES

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class NewestBatch:
    """The newest record of a query, and when it was written."""

    record: BatchRecord
    landed_at: datetime


class LandedSoFar:
    """Rows by table and the newest batch by query, as of the last `update`."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._begin()

    def _begin(self) -> None:
        self._read: set[Path] = set()
        self.rows: dict[str, int] = {table.name: 0 for table in TABLES}
        """Rows landed by table, in contract order."""
        self.newest: dict[str, NewestBatch] = {}
        """The newest batch by query; a query that has landed none is not in it."""
        self.repaired: dict[str, int] = {}
        """Batches whose rows `clickstream repair` has put there, by table; only tables that have any."""
        self.unreadable: list[Path] = []
        """Records that cannot be read; what they name is not in the figures."""

    def update(self) -> None:
        """Read what has landed since the last time; a run that was removed or compacted is begun anew."""
        by_query = {query: record_files(self._layout, query) for query in QUERIES}
        if not self._read <= {file.path for files in by_query.values() for file in files}:
            self._begin()
        for query, files in by_query.items():
            for file in files:
                if file.path not in self._read:
                    self._read.add(file.path)
                    self._add(query, file)

    def _add(self, query: str, file: RecordFile) -> None:
        try:
            landed_at = datetime.fromtimestamp(file.path.stat().st_mtime, UTC)
            records = file.read()
        except (OSError, ValueError):
            self.unreadable.append(file.path)
            return
        for record in records:
            for table, landed in record.tables.items():
                self.rows[table] = self.rows.get(table, 0) + landed.rows
            for table in record.repaired:
                self.repaired[table] = self.repaired.get(table, 0) + 1
            self.newest[query] = NewestBatch(record, landed_at)
