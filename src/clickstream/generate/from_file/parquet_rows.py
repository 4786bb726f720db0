"""The rows of a Parquet file, as messages; polars holds a few of its row groups at a time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from clickstream.contract.definition.event import Event, EventField, JsonType
from clickstream.errors import UsageError
from clickstream.generate.from_file.declared_json import cell_of, declared_columns, messages
from clickstream.generate.from_file.lines import Broken, Values

_BATCH_ROWS = 5_000
_ISO = "%Y-%m-%dT%H:%M:%S%.6f"


def parquet_messages(path: Path, event: Event, name: str, broken: Broken) -> Values:
    """Read the schema, and return the rows as messages, with those columns that are fields of the event.

    A text column of a number field is read as CSV is. Times become text, in UTC if they have a zone. A whole
    number in a float column, as pandas has it beside nulls, is sent as an integer where the field is one.

    Raises:
        UsageError: it is not Parquet, or has no field of the event.
        InputBroken: while the messages are read; a part of the file is damaged.
    """
    rows = pl.scan_parquet(path)
    try:
        columns = list(rows.collect_schema())
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UsageError(
            f"{name} cannot be read as Parquet: {error}.", next_step="Write the file again, or send another."
        ) from error
    fields = [field for _, field in declared_columns(event, columns, name)]
    return _messages(rows, fields, broken)


def _messages(rows: pl.LazyFrame, fields: list[EventField], broken: Broken) -> Values:
    names = [field.name for field in fields]
    batches = rows.select(names).collect_batches(chunk_size=_BATCH_ROWS, lazy=True)
    number = 0
    while True:
        try:
            batch = next(batches, None)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            raise broken(number + 1, f"the Parquet data is damaged there ({error})") from error
        if batch is None:
            return
        number += batch.height
        yield from messages(names, _rows(batch, fields))


def _rows(batch: pl.DataFrame, fields: list[EventField]) -> Iterator[tuple[Any, ...]]:
    columns = [_cells(batch[field.name], field) for field in fields]
    return zip(*columns, strict=True)


def _cells(column: pl.Series, field: EventField) -> list[Any]:
    if field.type is JsonType.STRING:
        return _texts(column).to_list()
    if column.dtype == pl.String:
        cell = cell_of(field)
        return [text if text is None else cell(text) for text in column.to_list()]
    if column.dtype.is_decimal():
        column = column.cast(pl.Float64)
    if column.dtype.is_float() and field.type is JsonType.INTEGER:
        return [
            int(value) if value is not None and value.is_integer() else value for value in column.to_list()
        ]
    return column.to_list()


def _texts(column: pl.Series) -> pl.Series:
    if isinstance(column.dtype, pl.Datetime):
        zoned = column.dtype.time_zone is not None
        utc = column.dt.convert_time_zone("UTC") if zoned else column
        return utc.dt.strftime(_ISO + ("+00:00" if zoned else ""))
    return column if column.dtype.is_nested() else column.cast(pl.String)
