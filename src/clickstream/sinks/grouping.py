"""Which batches of a query are merged together: old ones that follow one another, up to a size."""

from collections.abc import Iterator

from clickstream.contract.batch import BatchRecord
from clickstream.contract.landed import UnreadableRecord, record_files
from clickstream.contract.layout import Layout
from clickstream.errors import OutputDamaged

ROWS_IN_GROUP = 250_000
"""Most rows of one table in a group: what bounds the memory of the merger, and of a checker."""
BYTES_IN_GROUP = 128 * 1024 * 1024
"""Most bytes of one table's files in a group."""
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
    group: list[BatchRecord] = []
    for file in files:
        if file.compacted or file.last > newest - keep:
            if len(group) > 1:
                yield tuple(group)
            group = []
            continue
        try:
            (record,) = file.read()
        except (UnreadableRecord, FileNotFoundError) as error:
            raise OutputDamaged(f"The record {error}.", next_step=_WAYS_OUT) from error
        if (record.query, record.batch_id) != (query, file.first):
            raise OutputDamaged(
                f"{file.path} is the record of batch {record.batch_id} of {record.query}.",
                next_step=_WAYS_OUT,
            )
        if group and (record.batch_id != group[-1].batch_id + 1 or not _fits(group, record)):
            if len(group) > 1:
                yield tuple(group)
            group = []
        group.append(record)
    if len(group) > 1:
        yield tuple(group)


_WAYS_OUT = "See all that is wrong with `clickstream check`."


def _fits(group: list[BatchRecord], record: BatchRecord) -> bool:
    if len(group) >= BATCHES_IN_GROUP:
        return False
    for name in record.tables:
        landed = [each.tables[name] for each in (*group, record)]
        if sum(table.rows for table in landed) > ROWS_IN_GROUP:
            return False
        if sum(file.size_bytes for table in landed for file in table.csv) > BYTES_IN_GROUP:
            return False
    return True
