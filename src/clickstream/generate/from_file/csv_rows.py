"""The rows of a CSV file with a header, as messages."""

import csv
from collections.abc import Iterator

from clickstream.contract.definition.event import Event
from clickstream.errors import UsageError
from clickstream.generate.from_file.declared_json import cell_of, declared_columns, messages
from clickstream.generate.from_file.lines import MAX_LINE_BYTES, Broken, Values

_SEPARATORS = ",;\t"
_QUOTE = '"'
_NOT_CLOSED = "unexpected end of data"
"""What the csv module raises for a row that continues in the next line."""

Row = tuple[int, list[str]]
"""The number of its first line, from 1, and its cells."""


def header_of(line: str) -> list[str]:
    """The columns that a header names."""
    return next(csv.reader([line], delimiter=_separator(line)), [])


def csv_messages(lines: Values, event: Event, name: str, broken: Broken) -> Values:
    """Read the header, and return the rows after it as messages; an empty cell is null.

    Columns are separated by commas, semicolons or tabs, whichever the header has most of.

    Raises:
        UsageError: the file has no header, or none with a field of the event.
        InputBroken: while messages are read; a row has more or fewer fields than the header, or is not CSV.
    """
    first = next((line for line in lines if line is not None), None)
    if first is None:
        raise UsageError(
            f"{name} is empty: CSV begins with a header.",
            next_step=f"Write a header with fields of the event: {', '.join(event.names)}.",
        )
    header = _decoded(first, 1, broken)
    columns = header_of(header)
    chosen = [(place, cell_of(field)) for place, field in declared_columns(event, columns, name)]

    def rows() -> Iterator[list[object] | None]:
        for row in _rows(lines, _separator(header), broken):
            if row is None:
                yield None
                continue
            number, cells = row
            if len(cells) != len(columns):
                raise broken(number, f"it has {len(cells)} fields, and the header has {len(columns)}")
            yield [cell(cells[place]) for place, cell in chosen]

    return messages([columns[place] for place, _ in chosen], rows())


def _rows(lines: Values, separator: str, broken: Broken) -> Iterator[Row | None]:
    """The rows after the header, without empty ones; a quoted cell may have line feeds."""
    begun, text = 2, ""
    for number, line in _numbered(lines):
        if line is None:
            yield None
            continue
        decoded = _decoded(line, number, broken) + "\n"
        goes_on = bool(text)
        begun, text = begun if goes_on else number, text + decoded
        if goes_on and _QUOTE not in decoded and len(text) <= MAX_LINE_BYTES:
            continue  # nothing in this line ends the cell
        try:
            cells = next(csv.reader([text], delimiter=separator, strict=True))
        except csv.Error as error:
            if str(error) == _NOT_CLOSED and len(text) <= MAX_LINE_BYTES:
                continue
            raise broken(begun, f"it is not CSV ({error})") from error
        text = ""
        if cells:
            yield begun, cells
    if text:
        raise broken(begun, "a quotation mark is not closed")


def _numbered(lines: Values) -> Iterator[tuple[int, bytes | None]]:
    number = 1
    for line in lines:
        number += line is not None
        yield number, line


def _decoded(line: bytes, number: int, broken: Broken) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise broken(number, "it is not UTF-8") from error


def _separator(header: str) -> str:
    return max(_SEPARATORS, key=header.count)
