"""Pairs of rows as text: expected on the left, found on the right, differing cells in brackets."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from clickstream.moment import written_us
from clickstream.testing.matching import Pair, Row

ROWS_SHOWN = 20
_WIDEST_CELL = 40
_GAP = "  "
_US = 1_000_000


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
            text = _moment(value)
        case str():
            text = value if value.isprintable() and value.strip() == value != "" else ascii(value)
        case _:
            text = str(value) if not isinstance(value, bytes) else repr(value)
    return text if len(text) <= _WIDEST_CELL else text[: _WIDEST_CELL - 1] + "…"


def _moment(value: datetime) -> str:
    epoch_us = (value - datetime(1970, 1, 1, tzinfo=value.tzinfo and UTC)) // timedelta(microseconds=1)
    digits = 0 if epoch_us % _US == 0 else 3 if epoch_us % 1_000 == 0 else 6
    return written_us(epoch_us, digits=digits, separator="T") + "Z"
