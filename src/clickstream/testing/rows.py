"""Frames against expected rows: what a test writes down beside what is there."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from clickstream.moment import written_us
from clickstream.testing.matching import Row, pairs
from clickstream.testing.side_by_side import side_by_side, summary

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def assert_rows(found: pl.DataFrame, expected: Sequence[Row]) -> None:
    """Fail unless the frame has exactly these rows, in any order; a row names the columns that matter.

    Args:
        found: the rows, for example a batch of `run_batches`.
        expected: a mapping for each row. A time may be a text such as `2026-03-01T12:00:00Z`.

    Raises:
        AssertionError: with both sides beside each other, differing cells in brackets.
    """
    __tracebackhide__ = True
    if lines := differences(found, expected):
        raise AssertionError("\n".join(lines))


def differences(found: pl.DataFrame, expected: Sequence[Row], key: Sequence[str] = ()) -> list[str]:
    """How the rows differ, in lines; empty where they agree. `key` is shown first."""
    unknown = sorted({name for row in expected for name in row} - set(found.columns))
    if unknown:
        return [f"There is no column {', '.join(unknown)}. Columns: {', '.join(found.columns)}."]
    paired = pairs(expected, python_rows(found))
    if all(pair.agrees for pair in paired):
        return []
    return [summary(paired), "", *side_by_side(paired, key)]


def python_rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows as Python has them; a time outside the years 1 to 9999 as text, as Python has none."""
    columns = {name: _values(frame[name]) for name in frame.columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _values(column: pl.Series) -> list[Any]:
    if not isinstance(column.dtype, pl.Datetime):
        return column.to_list()
    return [None if us is None else _moment(us) for us in column.dt.cast_time_unit("us").cast(pl.Int64)]


def _moment(epoch_us: int) -> datetime | str:
    try:
        return _EPOCH + timedelta(microseconds=epoch_us)
    except OverflowError:
        return written_us(epoch_us, digits=0, separator="T") + "Z"
