"""What the polars half of a table works on: the events that count, in groups, with the measures there are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from clickstream.check.decode.schema import TOLERANCE, schema_of, tolerance_of
from clickstream.check.expected.committed import CommittedEvents
from clickstream.check.expected.grouping import Grouping
from clickstream.check.expected.hyperloglog import approx_count_distinct
from clickstream.contract.definition.tables import Table

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measure:
    """A value per group; `tolerance` says by how much the landed value may differ, None for exact ones."""

    values: pl.Series
    tolerance: pl.Series | None = None


@dataclass(frozen=True, slots=True)
class Groups:
    """The events of a table that are not late, each in the group of its window and keys.

    `committed` are all events of the query, `rows` the places of those that count, `grouping` the group of
    each of them.
    """

    committed: CommittedEvents
    rows: npt.NDArray[np.int64]
    grouping: Grouping

    @property
    def events(self) -> pl.DataFrame:
        """The events that count: their fields, `event_ts`, and `group`, a number from 0 on."""
        return self.committed.events[self.rows].with_columns(group=pl.Series(self.grouping.of_row))

    def count(self, where: pl.Expr | None = None) -> Measure:
        """Events of each group; with `where`, those for which it is true."""
        if where is None:
            return Measure(pl.Series(self.grouping.count()))
        chosen = self.committed.events.select(where.fill_null(value=False)).to_series().to_numpy()
        return Measure(pl.Series(self.grouping.count(chosen[self.rows])))

    def sum(self, column: str) -> Measure:
        """The sum of a numeric field, a null counting as zero."""
        values = self._numbers(column, null=0.0)
        tolerance = self.grouping.sum(np.abs(values)) * TOLERANCE
        return Measure(pl.Series(self.grouping.sum(values)), pl.Series(tolerance))

    def mean(self, column: str) -> Measure:
        """The mean of a numeric field over the events that have it; null where none has."""
        values = self._numbers(column, null=0.0)
        known = self.grouping.count(self.committed.events[column].is_not_null().to_numpy()[self.rows])
        count = pl.Series(known).replace(0, None)
        tolerance = pl.Series(self.grouping.sum(np.abs(values)) * TOLERANCE) / count
        return Measure(pl.Series(self.grouping.sum(values)) / count, tolerance.fill_null(0.0))

    def min(self, column: str) -> Measure:
        """The smallest value of a field in each group; null where no event has it."""
        return self._extreme(pl.col(column).min())

    def max(self, column: str) -> Measure:
        """The largest value of a field in each group; null where no event has it."""
        return self._extreme(pl.col(column).max())

    def approx_count_distinct(self, column: str) -> Measure:
        """How many values a string field has, by the estimate of Spark's function; nulls are ignored."""
        counts = approx_count_distinct(self.grouping, self.committed.events[column], self.rows)
        return Measure(pl.Series(counts))

    def _numbers(self, column: str, *, null: float) -> Numbers:
        values: Numbers = self.committed.events[column].cast(pl.Float64).fill_null(null).to_numpy()[self.rows]
        return values

    def _extreme(self, expression: pl.Expr) -> Measure:
        strings = pl.col(pl.Categorical).cast(pl.String)
        found = (
            self.events.with_columns(strings).group_by("group").agg(expression.alias("value")).sort("group")
        )
        return Measure(found["value"])


def with_measures(rows: pl.DataFrame, table: Table, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The rows of a table's groups with its measures, and a tolerance for each that need not be exact.

    Raises:
        ValueError: the table's polars half does not compute the table's columns.
        TypeError: it does not give measures.
    """
    expected = [column.name for column in table.columns if column.name not in rows.columns]
    if sorted(measures) != sorted(expected):
        raise ValueError(f"it computes {_listed(measures)}; expected are {_listed(expected)}")
    types = schema_of(table)
    for name, measure in measures.items():
        if not isinstance(measure, Measure):
            raise TypeError(f"it gives {type(measure).__name__} for {name}, not a Measure")
        given, declared = measure.values.dtype, types[name]
        if given not in (declared, pl.Null) and not (given.is_numeric() and declared.is_numeric()):
            raise TypeError(f"it gives {name} as {given}; declared is {declared}")
    columns = {name: measure.values for name, measure in measures.items()}
    columns |= {
        tolerance_of(name): measure.tolerance
        for name, measure in measures.items()
        if measure.tolerance is not None
    }
    return rows.with_columns(**columns)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "no columns"
