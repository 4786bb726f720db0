"""The rows of a CSV file with a header, as messages."""

import csv
from collections.abc import Iterator

from clickstream.contract.definition.event import Event
from clickstream.errors import UsageError
from clickstream.generate.from_file.declared_json import cell_of, declared_columns, messages
from clickstream.generate.from_file.lines import Broken, Values

_SEPARATORS = ",;\t"


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
    try:
        first = next(texts)
    except StopIteration:
        raise UsageError(
            f"{name} is empty: CSV begins with a header.",
            next_step=f"Write a header with fields of the event: {', '.join(event.names)}.",
        ) from None
    columns = header_of(first)
    return _messages(texts, columns, _separator(first), event, name, broken)


def _messages(
    texts: Iterator[str], columns: list[str], separator: str, event: Event, name: str, broken: Broken
) -> Values:
    chosen = [(place, cell_of(field)) for place, field in declared_columns(event, columns, name)]
    names = [columns[place] for place, _ in chosen]
    reader = csv.reader(texts, delimiter=separator, strict=True)

    def rows() -> Iterator[list[object]]:
        try:
            for row in reader:
                if len(row) == len(columns):
                    yield [cell(row[place]) for place, cell in chosen]
                elif row:
                    raise broken(
                        reader.line_num + 1, f"it has {len(row)} fields, and the header has {len(columns)}"
                    )
        except csv.Error as error:
            raise broken(reader.line_num + 1, f"it is not CSV ({error})") from error

    return messages(names, rows())


def _texts(lines: Values, broken: Broken) -> Iterator[str]:
    number = 0
    for line in lines:
        if line is None:
            continue
        number += 1
        try:
            yield line.decode() + "\n"
        except UnicodeDecodeError as error:
            raise broken(number, "it is not UTF-8") from error


def _separator(header: str) -> str:
    return max(_SEPARATORS, key=header.count)
