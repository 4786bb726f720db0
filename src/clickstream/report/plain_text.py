"""Plain text: results as lines for files and programs, and texts from outside without control characters."""

import io
import json
from collections.abc import Iterator
from copy import copy
from dataclasses import replace

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

_WIDEST = 1_000_000
_GAP = (0, 2, 0, 0)


def plain_lines(result: RenderableType) -> list[str]:
    """The lines of a result, each as long as it is, without styles."""
    console = Console(file=io.StringIO(), width=_WIDEST, color_system=None, highlight=False, emoji=False)
    return [
        "".join(segment.text for segment in line).rstrip()
        for part in _parts(result)
        for line in console.render_lines(part, pad=False)
    ]


def _parts(result: RenderableType) -> Iterator[RenderableType]:
    """What is in a result, from top to bottom; a table with a head has an empty line around it."""
    below_a_table = False
    first = True
    for each in _flat(result):
        is_table = isinstance(each, Table) and each.show_header
        if not first and (is_table or below_a_table) and not _is_empty(each):
            yield Text("")
        yield from _without_box(each) if isinstance(each, Table) else [each]
        below_a_table, first = is_table, False


def _flat(result: RenderableType) -> Iterator[RenderableType]:
    if isinstance(result, Group):
        for each in result.renderables:
            yield from _flat(each)
    else:
        yield result


def _without_box(table: Table) -> Iterator[RenderableType]:
    # Title and caption would be wrapped at the table's width.
    plain = copy(table)
    plain.title = plain.caption = None
    plain.box, plain.padding, plain.pad_edge = None, _GAP, False
    plain.columns = [replace(column, header=_one_line(column.header)) for column in table.columns]
    if table.title:
        yield _text(table.title)
    yield plain
    if table.caption:
        yield _text(table.caption)


def _one_line(header: RenderableType) -> RenderableType:
    return header.replace("\n", " ") if isinstance(header, str) else header


def _text(title: str | Text) -> Text:
    return Text.from_markup(title) if isinstance(title, str) else title


def _is_empty(result: RenderableType) -> bool:
    return isinstance(result, Text) and not result.plain.strip()


def escaped(value: bytes) -> str:
    """Bytes as text: UTF-8 where they are, a hexadecimal escape where not; control characters escaped."""
    return tame(value.decode("utf-8", errors="backslashreplace"))


def tame(text: str) -> str:
    """Text of which every character can be printed; tabs stay."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or each == "\t" else ascii(each)[1:-1] for each in text)


def tame_json(text: str) -> str:
    """JSON whose characters can all be printed, between its line breaks; the values stay the same."""
    return "\n".join(line if line.isprintable() else _escaped_json(line) for line in text.split("\n"))


def _escaped_json(line: str) -> str:
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in line)
