"""What counts of a table with windows, before anything is measured."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from clickstream.check.decode.schema import BATCH
from clickstream.check.expected.committed import CommittedEvents
from clickstream.check.expected.grouping import Grouping
from clickstream.check.expected.late_filter import LateFilter
from clickstream.check.expected.rows import Expected
from clickstream.check.findings import Coverage, NotChecked
from clickstream.check.history.batches import NO_BATCH
from clickstream.check.history.timeline import BatchIds


@dataclass(frozen=True, slots=True)
class Kept:
    """The events of a table that are not late, in groups, and those that are.

    `rows` are the places of the events that count among the `committed` ones, `grouping` the group of each.
    `keys` has a row per group with the table's key and bounds; `completed_in` the batch that lands it,
    `NO_BATCH` for none yet.
    """

    committed: CommittedEvents
    rows: npt.NDArray[np.int64]
    grouping: Grouping
    keys: pl.DataFrame
    completed_in: BatchIds
    late: LateFilter

    def expected(
        self,
        rows: pl.DataFrame,
        coverage: Coverage = Coverage.INDEPENDENT,
        not_checked: NotChecked | None = None,
    ) -> Expected:
        """What the table must hold of these rows, which have `BATCH`: those that are complete."""
        return Expected(
            rows.filter(pl.col(BATCH) != NO_BATCH),
            open_windows=int((self.completed_in == NO_BATCH).sum()),
            late_events=self.late.late_events,
            before_1970=self.late.before_1970,
            coverage=coverage,
            not_checked=not_checked,
        )
