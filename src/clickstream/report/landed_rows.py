"""Landed rows for people, as many columns as fit the terminal, and for machines, one JSON object a line."""

import base64
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from clickstream.check.landed.newest import NewestRows
from clickstream.contract.definition.tables import Column as LandedColumn
from clickstream.contract.definition.tables import ColumnType
from clickstream.report.plain_text import escaped, tame

_WIDEST = 40
_GAP = 2
_ZEROS = (".000000Z", "000Z", "Z")
"""Ends of moments that are left out where all of a column have them."""


def as_table(newest: NewestRows, width: int | None) -> RenderableType:
    """The rows in a table of at most `width` columns of the terminal; None takes all of the table's."""
    return rows_table(newest.rows, newest.table.columns, width, newest.table.shown_first)


def rows_table(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[LandedColumn],
    width: int | None,
    shown_first: Sequence[str] = (),
) -> RenderableType:
    """The same of any rows with these columns; those that are shown first are left out last."""
    cells = cells_of(rows, columns)
    widths = {name: max(map(len, (name, *texts))) for name, texts in cells.items()}
    shown = _fitting(widths, shown_first, width)
    numbers = {
        column.name
        for column in columns
        if column.type in {ColumnType.INT32, ColumnType.INT64, ColumnType.FLOAT64}
    }
    table = Table(
        *(
            Column(Text(tame(name)), justify="right" if name in numbers else "left", no_wrap=True)
            for name in shown
        ),
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    for texts in zip(*(cells[name] for name in shown), strict=True):
        table.add_row(*(Text(text) for text in texts))
    left_out = [name for name in cells if name not in shown]
    if not left_out:
        return table
    return Group(table, Text(f"left out at this width: {', '.join(map(tame, left_out))}; --json has them"))


def counted_table(
    rows: Sequence[Mapping[str, Any]], count: int, columns: Sequence[LandedColumn], width: int | None
) -> RenderableType:
    """The first rows of an answer in a table, and below it how many rows the answer has."""
    words = "1 row" if count == 1 else f"{count:,} rows"
    if count > len(rows):
        words += f"; the first {len(rows):,} are shown, --limit shows more"
    return Group(rows_table(rows, columns, width), Text(words))


def cells_of(rows: Sequence[Mapping[str, Any]], columns: Sequence[LandedColumn]) -> dict[str, list[str]]:
    """The values of each column as short texts without control characters, in the order of the columns."""
    return {
        column.name: _cells([row[column.name] for row in rows], moments=column.type is ColumnType.TIMESTAMP)
        for column in columns
    }


def as_json_lines(newest: NewestRows) -> str:
    """An object a row, with every column in contract order; bytes in base64, as in the CSV files."""
    return json_lines(newest.rows)


def json_lines(rows: Iterable[Mapping[str, Any]]) -> str:
    """The same of any rows; a number that JSON does not have is a text, such as "NaN"."""
    return "".join(
        json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=False) + "\n"
        for row in rows
    )


def _plain(value: Any) -> Any:  # noqa: ANN401 - what JSON takes
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def _cells(values: Sequence[Any], *, moments: bool) -> list[str]:
    texts = [_cell(value) for value in values]
    if not moments:
        return texts
    there = [text for text, value in zip(texts, values, strict=True) if value is not None]
    zeros = next(end for end in _ZEROS if all(text.endswith(end) for text in there))
    return [text.removesuffix(zeros).replace("T", " ") for text in texts]


def _cell(value: Any) -> str:  # noqa: ANN401 - of any type
    if value is None:
        return "null"
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, bool | list | dict):
        value = json.dumps(value, ensure_ascii=False)
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
