"""Frames against expected rows: what a test writes down on the left, what is there on the right."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from clickstream.moment import written_us
from clickstream.testing.matching import Pair, Row, pairs

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ROWS_SHOWN = 20
_WIDEST_CELL = 40
_GAP = "  "
_US = 1_000_000


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


def summary(pairs: Sequence[Pair]) -> str:
    """How many rows agree, differ, are missing and are unexpected, in one line."""
    agreeing = sum(pair.agrees for pair in pairs)
    missing = sum(pair.found is None for pair in pairs)
    unexpected = sum(pair.expected is None for pair in pairs)
    counts = {
        "agree": agreeing,
        "differ": len(pairs) - agreeing - missing - unexpected,
        "missing": missing,
        "unexpected": unexpected,
    }
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count)


def side_by_side(pairs: Sequence[Pair], key: Sequence[str] = ()) -> list[str]:
    """A line for each pair: those that disagree first, at most 20.

    Shown are the columns that any expected row names; without one, all. Columns of `key` come first.
    """
    columns = _columns(pairs, key)
    shown = sorted(pairs, key=lambda pair: pair.agrees)[:ROWS_SHOWN]
    left = _block("expected", columns, shown, [pair.expected for pair in shown])
    right = _block("found", columns, shown, [pair.found for pair in shown])
    marks = [" ", " ", *("=" if pair.agrees else "!" for pair in shown)]
    lines = [f"{mark} {a} | {b}".rstrip() for mark, a, b in zip(marks, left, right, strict=True)]
    hidden = len(pairs) - len(shown)
    return lines + ([f"  and {hidden} more"] if hidden else [])


def _columns(pairs: Sequence[Pair], key: Sequence[str]) -> list[str]:
    named = [name for pair in pairs if pair.expected is not None for name in pair.expected]
    every = [name for pair in pairs if pair.found is not None for name in pair.found]
    return list(dict.fromkeys([*(name for name in key if name in every), *(named or every)]))


def _block(
    title: str, columns: Sequence[str], pairs: Sequence[Pair], rows: Sequence[Row | None]
) -> Iterator[str]:
    cells = [
        [_cell(row, name, marked=name in pair.differing) for name in columns]
        for pair, row in zip(pairs, rows, strict=True)
    ]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    width = max(len(title), sum(widths) + len(_GAP) * (len(widths) - 1))
    yield title.ljust(width)
    for line in (columns, *cells):
        text = _GAP.join(cell.ljust(room) for cell, room in zip(line, widths, strict=True))
        yield text.ljust(width)


def _cell(row: Row | None, name: str, *, marked: bool) -> str:
    if row is None:
        return "-"
    text = rendered(row[name]) if name in row else ""
    return f"[{text}]" if marked else text


def rendered(value: Any) -> str:  # noqa: ANN401 - any value of a cell
    """A value as a test would write it, without control characters, cut where it is long."""
    match value:
        case None:
            text = "null"
        case datetime():
            text = _written(value)
        case str():
            text = value if value.isprintable() and value.strip() == value != "" else ascii(value)
        case _:
            text = str(value) if not isinstance(value, bytes) else repr(value)
    return text if len(text) <= _WIDEST_CELL else text[: _WIDEST_CELL - 1] + "…"


def _written(value: datetime) -> str:
    epoch_us = (value - datetime(1970, 1, 1, tzinfo=value.tzinfo and UTC)) // timedelta(microseconds=1)
    digits = 0 if epoch_us % _US == 0 else 3 if epoch_us % 1_000 == 0 else 6
    return written_us(epoch_us, digits=digits, separator="T") + "Z"
