"""Which batches of a query are merged together: old ones that follow one another, up to a size."""

from collections import Counter
from collections.abc import Iterator

from clickstream.contract.batch import BatchRecord, LandedTable
from clickstream.contract.landed import RecordFile, UnreadableRecord, record_files
from clickstream.contract.layout import Layout
from clickstream.errors import OutputDamaged

ROWS_IN_GROUP = 250_000
"""Most rows of one table in a group: what bounds the memory of the merger, and of a checker."""
BYTES_IN_GROUP = 128 * 1024 * 1024
"""Most bytes of one table's CSV files in a group, as they lie there."""
BATCHES_IN_GROUP = 5_000
"""Most batches in a group: their records become one file."""


def groups(layout: Layout, query: str, *, keep: int) -> Iterator[tuple[BatchRecord, ...]]:
    """The batches to merge with one another, at least two in each group; read as they are asked for.

    Args:
        layout: the run's paths.
        query: the query.
        keep: how many of the newest batches are left alone: Spark may run the last of them again.

    Raises:
        OutputDamaged: a record cannot be read, or is that of another batch.
    """
    files = record_files(layout, query)
    newest = files[-1].last if files else -1
    group = _Group()
    for file in files:
        record = None if file.compacted or file.last > newest - keep else _read(file, query)
        if record is None or not group.takes(record):
            if len(group.records) > 1:
                yield tuple(group.records)
            group = _Group()
        if record is not None:
            group.add(record)
    if len(group.records) > 1:
        yield tuple(group.records)


_WAYS_OUT = "See all that is wrong with `clickstream check`."


class _Group:
    """Batches that follow one another, with what they come to by table."""

    def __init__(self) -> None:
        self.records: list[BatchRecord] = []
        self._rows: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()

    def takes(self, record: BatchRecord) -> bool:
        """Whether the batch is the next one, and the group has room for it."""
        if not self.records:
            return True
        return (
            record.batch_id == self.records[-1].batch_id + 1
            and len(self.records) < BATCHES_IN_GROUP
            and all(
                self._rows[name] + landed.rows <= ROWS_IN_GROUP
                and self._bytes[name] + _csv_bytes(landed) <= BYTES_IN_GROUP
                for name, landed in record.tables.items()
            )
        )

    def add(self, record: BatchRecord) -> None:
        self.records.append(record)
        for name, landed in record.tables.items():
            self._rows[name] += landed.rows
            self._bytes[name] += _csv_bytes(landed)


def _csv_bytes(landed: LandedTable) -> int:
    return sum(file.size_bytes for file in landed.csv)


def _read(file: RecordFile, query: str) -> BatchRecord:
    try:
        (record,) = file.read()
    except (UnreadableRecord, FileNotFoundError) as error:
        raise OutputDamaged(f"The record {error}.", next_step=_WAYS_OUT) from error
    if (record.query, record.batch_id) != (query, file.first):
        raise OutputDamaged(
            f"{file.path} is the record of batch {record.batch_id} of {record.query}.", next_step=_WAYS_OUT
        )
    return record
