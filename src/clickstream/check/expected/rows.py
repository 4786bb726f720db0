"""The rows that a table must hold, each with the batch that lands it."""

from dataclasses import dataclass

import polars as pl

from clickstream.check.findings import Coverage, NotChecked


def tolerance_of(column: str) -> str:
    """The column beside a sum or mean that says by how much the landed value may differ, Float64."""
    return f"{column}.tolerance"


TOLERANCE = 1e-9
"""Sums and means may differ by this share of the sum of absolute values: additions come in any order."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The rows that one table must hold.

    `rows` has the table's columns in contract order, `BATCH`, and a `tolerance_of` column for every sum and
    mean; it is empty for a table that is not checked.
    `open_windows` and `late_events` are None for tables without windows; `late_events` has the places
    (`kafka_partition`, `kafka_offset`) of the events that the late filter dropped. `before_1970` counts those
    of them whose window ends by 1970-01-01: the watermark starts there, so that they are always late.
    """

    rows: pl.DataFrame
    open_windows: int | None = None
    late_events: pl.DataFrame | None = None
    before_1970: int | None = None
    coverage: Coverage = Coverage.INDEPENDENT
    not_checked: NotChecked | None = None

    @property
    def late_events_dropped(self) -> int | None:
        """How many events the late filter dropped."""
        return None if self.late_events is None else self.late_events.height
