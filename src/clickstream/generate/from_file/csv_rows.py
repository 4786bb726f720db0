"""The rows of a CSV file with a header, as messages."""

import csv
from collections.abc import Iterator
from itertools import chain

from clickstream.contract.definition.event import Event
from clickstream.errors import UsageError
from clickstream.generate.from_file.declared_json import cell_of, declared_columns, messages
from clickstream.generate.from_file.lines import Broken, Values

_SEPARATORS = ",;\t"
_NOT_CLOSED = "unexpected end of data"
"""What the csv module raises for a row that does not end."""


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
    texts = _texts(lines, broken)
    header = next((text for _, text in texts if text is not None), None)
    if header is None:
        raise UsageError(
            f"{name} is empty: CSV begins with a header.",
            next_step=f"Write a header with fields of the event: {', '.join(event.names)}.",
        )
    columns, separator = header_of(header), _separator(header)
    chosen = [(place, cell_of(field)) for place, field in declared_columns(event, columns, name)]

    def rows() -> Iterator[list[object] | None]:
        for number, text in texts:
            if text is None:
                yield None
                continue
            # A quoted cell may have line feeds: then the reader takes further lines.
            row = chain([text], (more for _, more in texts if more is not None))
            try:
                cells = next(csv.reader(row, delimiter=separator, strict=True), [])
            except csv.Error as error:
                why = (
                    "a quotation mark is not closed"
                    if str(error) == _NOT_CLOSED
                    else f"it is not CSV ({error})"
                )
                raise broken(number, why) from error
            if cells and len(cells) != len(columns):
                raise broken(number, f"it has {len(cells)} fields, and the header has {len(columns)}")
            if cells:
                yield [cell(cells[place]) for place, cell in chosen]

    return messages([columns[place] for place, _ in chosen], rows())


def _texts(lines: Values, broken: Broken) -> Iterator[tuple[int, str | None]]:
    """Each line as text with its number from 1; None where a pipe has nothing more for now."""
    number = 0
    for line in lines:
        if line is None:
            yield number, None
            continue
        number += 1
        try:
            yield number, line.decode() + "\n"
        except UnicodeDecodeError as error:
            raise broken(number, "it is not UTF-8") from error


def _separator(header: str) -> str:
    return max(_SEPARATORS, key=header.count)
