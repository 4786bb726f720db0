"""The batch records of a run, asked for again and again: each time only what is new."""

from dataclasses import dataclass
from pathlib import Path

from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.recorded_batches import UnreadableRecord, read_record

LandedRecord = tuple[BatchRecord, float]
"""A record, and the time of its file in seconds of the Unix epoch."""


@dataclass(frozen=True, slots=True)
class NewRecords:
    """The files of records since the last time, by query and in order of batches.

    `starts_over` says that records of before are gone, as after a reset: then these are all that there are.
    """

    paths: dict[str, list[Path]]
    starts_over: bool


class RecordsSoFar:
    """Which records of a run were given; a look at a folder that has not changed does not list it."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._begin()

    def _begin(self) -> None:
        self._given: dict[str, set[int]] = {query: set() for query in QUERIES}
        self._changed_ns: dict[str, int] = {}
        self.unreadable: list[Path] = []
        """Records that cannot be read; what they name is in no figure."""

    def new(self) -> NewRecords:
        """The records that were not given before."""
        listed = {query: self._layout.record_paths(query) for query in QUERIES if self._may_differ(query)}
        starts_over = any(
            not self._given[query] <= {int(path.stem) for path in paths} for query, paths in listed.items()
        )
        if starts_over:
            self._begin()
            listed = {query: self._layout.record_paths(query) for query in QUERIES}
        new: dict[str, list[Path]] = {}
        for query, paths in listed.items():
            new[query] = [path for path in paths if int(path.stem) not in self._given[query]]
            self._given[query].update(int(path.stem) for path in new[query])
        return NewRecords(new, starts_over)

    def read(self, path: Path) -> LandedRecord | None:
        """The record in a file; None if it cannot be read, which `unreadable` then has."""
        try:
            return read_record(path), path.stat().st_mtime
        except (OSError, UnreadableRecord):
            self.unreadable.append(path)
            return None

    def _may_differ(self, query: str) -> bool:
        """Whether the folder has changed, or the next record is there, or the last one is gone.

        The two files count because a folder can change twice within one tick of its time.
        """
        try:
            changed_ns = self._layout.records_dir(query).stat().st_mtime_ns
        except OSError:
            changed_ns = 0
        has_changed = self._changed_ns.get(query) != changed_ns
        self._changed_ns[query] = changed_ns
        last = max(self._given[query], default=-1)
        return (
            has_changed
            or self._layout.record_path(query, last + 1).exists()
            or (last >= 0 and not self._layout.record_path(query, last).exists())
        )
