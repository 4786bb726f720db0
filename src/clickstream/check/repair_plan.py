"""What a repair would do, and what no repair can bring back: values, each with the reason in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from clickstream.contract.batch import BatchRecord
from clickstream.contract.terms import RunTerms

OpenRange = tuple[int, int | None]
"""First offset and the one after the last; None for that where nothing tells it."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """Tables to land anew: of one batch, or of all batches of a compaction.

    `records` are in order, and as they will be but for the files of the tables in `rows`, which has the rows
    of every batch by table: none where only the record was lost, and the files hold what they must. `why` has
    a sentence for everything that is wrong.
    """

    query: str
    records: tuple[BatchRecord, ...]
    compacted: bool
    rows: Mapping[str, tuple[pl.DataFrame, ...]]
    why: tuple[str, ...]

    @property
    def first(self) -> int:
        """The first batch."""
        return self.records[0].batch_id

    @property
    def last(self) -> int:
        """The last batch."""
        return self.records[-1].batch_id

    def row_counts(self) -> dict[str, int]:
        """How many rows each table gets."""
        return {table: sum(rows.height for rows in batches) for table, batches in self.rows.items()}


@dataclass(frozen=True, slots=True)
class Loss:
    """Batches that cannot be landed anew: which tables, offsets and windows, and why not.

    `windows_ms` is for tables with windows: those are lost that ended after the first and not after the
    second moment (Unix epoch, milliseconds); None where nothing tells it, or the tables have none.
    """

    query: str
    first: int
    last: int
    tables: tuple[str, ...]
    offsets: Mapping[int, OpenRange]
    windows_ms: tuple[int, int] | None
    why: str


@dataclass(frozen=True, slots=True)
class Removal:
    """A record that says nothing and hides what is right without it: of a compaction, or not committed."""

    path: Path
    query: str
    why: str


@dataclass(frozen=True, slots=True)
class RepairPlan:
    """Everything that is damaged, and what becomes of it.

    `disagreeing` are tables of which sound batches hold other rows than the topic gives, with how many.
    `leftovers` are files below OUTPUT_PATH under names of landed batches, which no record names: they go,
    where nothing is lost that they might be a part of. `gone` says why the topic has none of what was read.
    """

    terms: RunTerms
    remedies: tuple[Remedy, ...]
    losses: tuple[Loss, ...]
    removals: tuple[Removal, ...]
    disagreeing: Mapping[str, int]
    leftovers: tuple[str, ...] = ()
    gone: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is damaged."""
        return not (self.losses or self.can_be_done)

    @property
    def can_be_done(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.remedies or self.removals or self.leftovers)
