"""Expected rows against landed rows: all of them, by key, in columns."""

from dataclasses import dataclass, field

import polars as pl

from clickstream.check.decode.schema import BATCH, FILE, tolerance_of
from clickstream.check.findings import Mismatch, MismatchedRow
from clickstream.check.row_values import rendered
from clickstream.contract.definition.tables import Agreement, Table

EXAMPLES_PER_KIND = 5
"""How many mismatched rows of each kind are shown; all are counted."""

_LANDED = ".landed"
_IS_EXPECTED, _IS_LANDED = "is_expected", "is_landed"


@dataclass(slots=True)
class Comparison:
    """What comparing came to so far: rows on either side, mismatched rows counted by kind, and examples."""

    rows_expected: int = 0
    rows_landed: int = 0
    mismatches: dict[Mismatch, int] = field(default_factory=lambda: dict.fromkeys(Mismatch, 0))
    examples: dict[Mismatch, list[MismatchedRow]] = field(
        default_factory=lambda: {mismatch: [] for mismatch in Mismatch}
    )

    def add(self, other: "Comparison") -> None:
        """Count another part of the same table in."""
        self.rows_expected += other.rows_expected
        self.rows_landed += other.rows_landed
        for mismatch in Mismatch:
            self.mismatches[mismatch] += other.mismatches[mismatch]
            left = EXAMPLES_PER_KIND - len(self.examples[mismatch])
            self.examples[mismatch] += other.examples[mismatch][:left]


def compare(table: Table, expected: pl.DataFrame, landed: pl.DataFrame) -> Comparison:
    """Compare all rows of a table, or of some of its batches.

    Args:
        table: which columns are keys, and how the others must agree.
        expected: the table's columns, `BATCH`, and a `tolerance_of` column for every sum and mean; each key
            once.
        landed: the table's columns, `BATCH`, and `FILE`.
    """
    comparison = Comparison(expected.height, landed.height)
    if _all_agree(table, expected, landed):
        return comparison
    first = pl.struct(table.key).is_first_distinct()
    joined = expected.with_columns(pl.lit(value=True).alias(_IS_EXPECTED)).join(
        landed.filter(first).with_columns(pl.lit(value=True).alias(_IS_LANDED)),
        on=table.key,
        how="full",
        suffix=_LANDED,
        nulls_equal=True,
        coalesce=False,
    )
    both = pl.col(_IS_EXPECTED).is_not_null() & pl.col(_IS_LANDED).is_not_null()
    agree = pl.all_horizontal(_agreements(table))
    by_kind = {
        Mismatch.MISSING: joined.filter(pl.col(_IS_LANDED).is_null()),
        Mismatch.UNEXPECTED: joined.filter(pl.col(_IS_EXPECTED).is_null()),
        Mismatch.DIFFERENT: joined.filter(both & ~agree),
        Mismatch.DOUBLED: landed.filter(~first).rename(
            {name: name + _LANDED for name in landed.columns if name != FILE}
        ),
    }
    for mismatch, rows in by_kind.items():
        comparison.mismatches[mismatch] = rows.height
        shown = rows.sort(_side(mismatch, BATCH), *(_side(mismatch, name) for name in table.key))
        for row in shown.head(EXAMPLES_PER_KIND).iter_slices(1):
            comparison.examples[mismatch] += _examples(table, mismatch, row)
    return comparison


def _all_agree(table: Table, expected: pl.DataFrame, landed: pl.DataFrame) -> bool:
    """The quick answer for the usual case: in the same order, both sides agree row by row, keys included."""
    if expected.height != landed.height:
        return False
    return _agree_row_by_row(table, expected, landed) or _agree_row_by_row(
        table, expected.sort(table.key), landed.sort(table.key)
    )


def _agree_row_by_row(table: Table, expected: pl.DataFrame, landed: pl.DataFrame) -> bool:
    renamed = landed.rename({name: name + _LANDED for name in landed.columns})
    keys = [pl.col(name).eq_missing(pl.col(name + _LANDED)) for name in table.key]
    side_by_side = pl.concat([expected, renamed], how="horizontal")
    return bool(side_by_side.select(pl.all_horizontal(*keys, *_agreements(table)).all()).item())


def _agreements(table: Table) -> list[pl.Expr]:
    """For each column that is not key whether both sides agree; never null."""
    agreements = [pl.col(BATCH).eq_missing(pl.col(BATCH + _LANDED))]
    for column in table.columns:
        if column.name in table.key:
            continue
        expected, landed = pl.col(column.name), pl.col(column.name + _LANDED)
        same = expected.eq_missing(landed)
        if column.agreement is not Agreement.EXACT:
            near = (expected - landed).abs() <= pl.col(tolerance_of(column.name))
            same = same | near.fill_null(value=False)
        agreements.append(same.alias(column.name))
    return agreements


def _side(mismatch: Mismatch, column: str) -> str:
    return column + _LANDED if mismatch in (Mismatch.UNEXPECTED, Mismatch.DOUBLED) else column


def _examples(table: Table, mismatch: Mismatch, row: pl.DataFrame) -> list[MismatchedRow]:
    """The examples of one row: a `different` row shows every column that differs."""
    key = {name: rendered(row, _side(mismatch, name)) for name in table.key}
    batch_id = row[_side(mismatch, BATCH)][0]
    file = None if mismatch is Mismatch.MISSING else str(row[FILE][0])
    if mismatch is not Mismatch.DIFFERENT:
        values = ", ".join(f"{name}={rendered(row, _side(mismatch, name))}" for name in _others(table))
        sides = {"expected": values} if mismatch is Mismatch.MISSING else {"landed": values}
        return [MismatchedRow(mismatch, key, batch_id, file, **sides)]
    names = [BATCH, *_others(table)]
    agree = row.select(
        agreement.alias(name) for name, agreement in zip(names, _agreements(table), strict=True)
    ).row(0)
    return [
        MismatchedRow(
            mismatch,
            key,
            row[BATCH + _LANDED][0],
            file,
            column=name,
            expected=rendered(row, name),
            landed=rendered(row, name + _LANDED),
        )
        for name, agrees in zip(names, agree, strict=True)
        if not agrees
    ]


def _others(table: Table) -> list[str]:
    return [name for name in table.column_names if name not in table.key]
