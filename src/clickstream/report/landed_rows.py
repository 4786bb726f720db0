"""Landed rows for people, as many columns as fit the terminal, and for machines, one JSON object a line."""

import base64
import json
from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from clickstream.check.landed.newest import NewestRows, Value
from clickstream.contract.definition.tables import ColumnType
from clickstream.report.plain_text import escaped

_WIDEST = 40
_GAP = 2
_ZEROS = (".000000Z", "000Z", "Z")
"""Ends of moments that are left out where all of a column have them."""


def as_table(newest: NewestRows, width: int | None) -> RenderableType:
    """The rows in a table of at most `width` columns of the terminal; None takes all of the table's."""
    cells = {
        column.name: _cells(
            [row[column.name] for row in newest.rows], moments=column.type is ColumnType.TIMESTAMP
        )
        for column in newest.table.columns
    }
    widths = {name: max(len(name), *map(len, texts)) for name, texts in cells.items()}
    shown = _fitting(widths, newest.table.shown_first, width)
    numbers = {
        column.name
        for column in newest.table.columns
        if column.type in {ColumnType.INT32, ColumnType.INT64, ColumnType.FLOAT64}
    }
    table = Table(
        *(Column(name, justify="right" if name in numbers else "left", no_wrap=True) for name in shown),
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    for texts in zip(*(cells[name] for name in shown), strict=True):
        table.add_row(*(Text(text) for text in texts))
    left_out = [name for name in cells if name not in shown]
    if not left_out:
        return table
    return Group(table, Text(f"left out at this width: {', '.join(left_out)}; --json has them"))


def as_json_lines(newest: NewestRows) -> str:
    """An object a row, with every column in contract order; bytes in base64, as in the CSV files."""
    return "".join(
        json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=False) + "\n"
        for row in newest.rows
    )


def _plain(value: Value) -> str | int | float | None:
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value


def _cells(values: Sequence[Value], *, moments: bool) -> list[str]:
    texts = [_cell(value) for value in values]
    if not moments:
        return texts
    there = [text for text, value in zip(texts, values, strict=True) if value is not None]
    zeros = next(end for end in _ZEROS if all(text.endswith(end) for text in there))
    return [text.removesuffix(zeros).replace("T", " ") for text in texts]


def _cell(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, float):
        return f"{value:.12g}"
    text = escaped(value if isinstance(value, bytes) else str(value).encode())
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _fitting(widths: Mapping[str, int], first: Sequence[str], width: int | None) -> list[str]:
    if width is None or 1 + sum(widths.values()) + _GAP * len(widths) <= width:
        return list(widths)
    taken: set[str] = set()
    left = width - 1
    for name in dict.fromkeys((*first, *widths)):
        if widths[name] + _GAP <= left or not taken:
            taken.add(name)
            left -= widths[name] + _GAP
    return [name for name in widths if name in taken]
