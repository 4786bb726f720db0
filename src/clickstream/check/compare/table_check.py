"""One query's tables: every landed row compared with the expected ones, some batches at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from clickstream.check.compare.comparing import Comparison, compare
from clickstream.check.compare.exactly_one import not_in_exactly_one
from clickstream.check.decode.schema import BATCH, with_strings
from clickstream.check.expected.committed import batch_ids_of
from clickstream.check.expected.kept import Expected
from clickstream.check.findings import Code, Coverage, Finding, NotChecked, Severity, TableVerdict
from clickstream.check.history.run import Query
from clickstream.check.landed.one_batch import landed_rows
from clickstream.contract.definition.tables import PLACE, Table

ROWS_AT_ONCE = 250_000
"""Rows that are read and compared at once, whole batches at a time: what bounds the memory."""


def check_tables(
    output: Path, query: Query, tables: Sequence[Table], expected: Mapping[str, Expected]
) -> tuple[list[TableVerdict], list[Finding]]:
    """Read everything that one query landed, and compare it with what its tables must hold, by table name.

    Returns the verdicts on its tables, and what was found.
    """
    unchecked = {name for name, rows in expected.items() if rows.coverage is Coverage.NOT_CHECKED}
    in_order = {table.name: _InBatchOrder.of(expected[table.name].rows, query) for table in tables}
    comparisons = {table.name: Comparison() for table in tables}
    findings: list[Finding] = []
    names = tuple(table.name for table in tables)
    for batches in _portions(query, list(in_order.values())):
        records = [query.records[batch] for batch in batches if batch in query.records]
        must_land, did_land = [], []
        for table in tables:
            must = in_order[table.name].rows_of(batches)
            landed, found = landed_rows(output, table, records)
            # The files of a table that is not checked are read all the same: they may be damaged.
            compared = (
                Comparison(rows_landed=landed.height)
                if table.name in unchecked
                else compare(table, must, landed)
            )
            comparisons[table.name].add(compared)
            findings += found
            if not table.window:
                must_land.append(must.select(PLACE))
                did_land.append(landed.select(PLACE))
        if must_land:
            findings += not_in_exactly_one(pl.concat(must_land), pl.concat(did_land), batches, names)
    verdicts = [_verdict(name, expected[name], comparison, query) for name, comparison in comparisons.items()]
    findings += [_rows_differ(table) for table in verdicts if table.mismatched_rows]
    findings += [_before_1970(table) for table in verdicts if table.before_1970]
    findings += [_not_checked(table, table.not_checked) for table in verdicts if table.not_checked]
    return verdicts, findings


@dataclass(frozen=True, slots=True)
class _InBatchOrder:
    """A table's expected rows sorted by batch; batch n has the rows `cuts[n]` to `cuts[n + 1]`."""

    rows: pl.DataFrame
    cuts: list[int]

    @classmethod
    def of(cls, rows: pl.DataFrame, query: Query) -> "_InBatchOrder":
        ordered = rows if rows[BATCH].is_sorted() else rows.sort(BATCH, maintain_order=True)
        cuts = np.searchsorted(ordered[BATCH].to_numpy(), np.arange(len(query.batches) + 1))
        return cls(ordered, cuts.tolist())

    def rows_of(self, batches: range) -> pl.DataFrame:
        return with_strings(self.rows[self.cuts[batches.start] : self.cuts[batches.stop]])

    def count(self, batch_id: int) -> int:
        return self.cuts[batch_id + 1] - self.cuts[batch_id]


def _portions(query: Query, expected: list[_InBatchOrder]) -> Iterator[range]:
    """All batches in order, as many at a time as `ROWS_AT_ONCE` allows, at least one."""
    start, rows = 0, 0
    for batch_id in range(len(query.batches)):
        record = query.records.get(batch_id)
        landed = sum(table.rows for table in record.tables.values()) if record is not None else 0
        rows_here = max(landed, sum(table.count(batch_id) for table in expected))
        if batch_id > start and rows + rows_here > ROWS_AT_ONCE:
            yield range(start, batch_id)
            start, rows = batch_id, 0
        rows += rows_here
    yield range(start, len(query.batches))


def _verdict(table: str, expected: Expected, comparison: Comparison, query: Query) -> TableVerdict:
    return TableVerdict(
        table=table,
        rows_expected=None if expected.not_checked else comparison.rows_expected,
        rows_landed=comparison.rows_landed,
        open_windows=expected.open_windows,
        late_events_dropped=expected.late_events_dropped,
        before_1970=expected.before_1970,
        late_by_batch=_late_by_batch(expected, query),
        mismatches=dict(comparison.mismatches),
        examples=tuple(example for examples in comparison.examples.values() for example in examples),
        coverage=expected.coverage,
        not_checked=expected.not_checked,
    )


def _late_by_batch(expected: Expected, query: Query) -> dict[int, int] | None:
    if expected.late_events is None:
        return None
    batches, counts = np.unique(batch_ids_of(expected.late_events, query.batches), return_counts=True)
    return dict(zip(batches.tolist(), counts.tolist(), strict=True))


def _not_checked(table: TableVerdict, reason: NotChecked) -> Finding:
    return Finding(
        Code.NOT_CHECKED,
        f"The rows of {table.table} were not checked: {reason.why}.",
        Severity.WARNING,
        table=table.table,
        details=(reason.next_step,),
    )


def _before_1970(table: TableVerdict) -> Finding:
    count = table.before_1970 or 0
    events = "event ends" if count == 1 else "events end"
    return Finding(
        Code.BEFORE_1970,
        f"The windows of {count:,} {events} before 1970: {table.table} has no rows of them. The watermark "
        "starts at 1970-01-01, so such windows are always late.",
        Severity.WARNING,
        table=table.table,
    )


def _rows_differ(table: TableVerdict) -> Finding:
    counts = ", ".join(f"{count:,} {kind}" for kind, count in table.mismatches.items() if count)
    plural = "row disagrees" if table.mismatched_rows == 1 else "rows disagree"
    return Finding(
        Code.ROWS_DIFFER,
        f"{table.mismatched_rows:,} {plural} with the topic in {table.table}: {counts}.",
        table=table.table,
    )
