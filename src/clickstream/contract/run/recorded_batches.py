"""The batches that have landed, which are those with a record. Every reader uses these functions."""

from pathlib import Path

from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.layout import Layout
from clickstream.errors import OutputDamaged

LIST_DAMAGE = "List all damage: `clickstream check`."
"""What to do about damaged output that a command has come upon."""


class UnreadableRecord(OutputDamaged):
    """A file with a batch record's name that is not one, or was changed; names it and the problem."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"The batch record {path} cannot be read: {problem}.", next_step=LIST_DAMAGE)
        self.path = path
        self.problem = problem


def read_record(path: Path) -> BatchRecord:
    """The record in a file.

    Raises:
        UnreadableRecord: the file cannot be read, is not a record, or was changed.
    """
    try:
        return BatchRecord.read(path)
    except OSError as error:
        raise UnreadableRecord(path, error.strerror or str(error)) from error
    except ValueError as error:
        raise UnreadableRecord(path, str(error)) from error


def records_of(layout: Layout, query: str) -> list[BatchRecord]:
    """The record of every batch of a query that has landed, in order.

    Raises:
        UnreadableRecord: see `read_record`.
    """
    return [read_record(path) for path in layout.record_paths(query)]


def record_of(layout: Layout, query: str, batch_id: int) -> BatchRecord | None:
    """The record of one batch, None if it has not landed.

    Raises:
        UnreadableRecord: see `read_record`.
    """
    path = layout.record_path(query, batch_id)
    return read_record(path) if path.exists() else None
