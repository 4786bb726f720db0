"""What has landed, as every reader must see it: the records of a query's batches, compacted or not.

A compaction record takes the place of the single records of its batches from the moment it is there; these,
and the files that they name, may lie beside it for a while. While a compaction runs, a reader that goes by
these functions sees every batch exactly once.
"""

import re
from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from clickstream.contract.batch import BatchRecord
from clickstream.contract.compacted import CompactedRecord
from clickstream.contract.layout import Layout

_COMPACTED_RECORD = re.compile(r"([0-9]{12})-([0-9]{12})\.json")
_LOOKS = 5
"""How often to begin anew where records go while they are read: once per compaction that ends just then."""


class UnreadableRecord(ValueError):
    """A record that is no record, or not as it was written; says which file, and what is wrong with it."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path} cannot be read: {problem}")
        self.path = path
        self.problem = problem


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file with the records of the batches `first` to `last`: of one batch, or of a compaction."""

    path: Path
    first: int
    last: int
    compacted: bool

    def read(self) -> tuple[BatchRecord, ...]:
        """The records in it, in order.

        Raises:
            FileNotFoundError: it has gone, after a compaction took its place: list the files again.
            UnreadableRecord: it is no record, or not as it was written.
        """
        try:
            if self.compacted:
                return CompactedRecord.read(self.path).batches
            return (BatchRecord.read(self.path),)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise UnreadableRecord(self.path, error.strerror or str(error)) from error
        except ValueError as error:
            raise UnreadableRecord(self.path, str(error)) from error


def record_files(layout: Layout, query: str) -> list[RecordFile]:
    """The files whose records count, in the order of their batches."""
    # Singles first: what goes between the two looks has a compaction record by then.
    singles = layout.record_paths(query)
    compacted = compacted_files(layout, query)
    firsts = [file.first for file in compacted]
    lasts = list(accumulate((file.last for file in compacted), max))
    counting = [
        RecordFile(path, batch_id, batch_id, compacted=False)
        for path in singles
        for batch_id in [int(path.stem)]
        for begun in [bisect_right(firsts, batch_id)]
        if not begun or batch_id > lasts[begun - 1]
    ]
    return sorted([*compacted, *counting], key=lambda file: (file.first, file.last))


def compacted_files(layout: Layout, query: str) -> list[RecordFile]:
    """The compaction records of a query, in the order of their batches."""
    folder = layout.compacted_dir(query)
    if not folder.is_dir():
        return []
    named = ((path, _COMPACTED_RECORD.fullmatch(path.name)) for path in folder.iterdir())
    files = [RecordFile(path, int(name[1]), int(name[2]), compacted=True) for path, name in named if name]
    return sorted(files, key=lambda file: (file.first, file.last))


def records_of(layout: Layout, query: str) -> list[BatchRecord]:
    """The record of every batch of a query that has landed, in order, as they were at one moment.

    Raises:
        UnreadableRecord: one is no record, or not as it was written.
    """
    for look in range(_LOOKS):
        try:
            return [record for file in record_files(layout, query) for record in file.read()]
        except FileNotFoundError:
            if look == _LOOKS - 1:
                raise
    raise AssertionError


def record_of(layout: Layout, query: str, batch_id: int) -> BatchRecord | None:
    """The record of one batch, None where it has not landed.

    Raises:
        UnreadableRecord: it is there, and is no record, or not as it was written.
    """
    try:
        return RecordFile(layout.record_path(query, batch_id), batch_id, batch_id, compacted=False).read()[0]
    except FileNotFoundError:
        pass
    for file in compacted_files(layout, query):
        if file.first <= batch_id <= file.last:
            return file.read()[batch_id - file.first]
    return None


def superseded_paths(layout: Layout, query: str) -> list[Path]:
    """The single records that lie there still, although a compaction record stands for their batches."""
    counting = {file.path for file in record_files(layout, query)}
    return [path for path in layout.record_paths(query) if path not in counting]


def replaced_records(layout: Layout, query: str) -> list[BatchRecord]:
    """The superseded records that can still be read: their files are there for readers on their way."""
    records: list[BatchRecord] = []
    for path in superseded_paths(layout, query):
        with suppress(OSError, ValueError):
            records.append(BatchRecord.read(path))
    return records
