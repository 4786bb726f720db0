"""Values of any polars type as texts, numbers and bytes; times in UTC, in any year."""

import base64
import json
import math
from collections.abc import Callable
from typing import Any

import polars as pl
from polars.datatypes import DataTypeClass

from clickstream.contract.definition.tables import ColumnType
from clickstream.moment import written_us

Row = dict[str, Any]
"""A row by column name: text, numbers, booleans, bytes, null, and lists and objects of these."""

_LONGEST = 80
_US_PER_DAY = 86_400_000_000
_PER_US = {"ns": (1, 1_000), "us": (1, 1), "ms": (1_000, 1)}


def column_type(dtype: pl.DataType) -> ColumnType:
    """The type of the contract that shows such values."""
    if dtype.is_integer():
        return ColumnType.INT64
    if dtype.is_numeric():
        return ColumnType.FLOAT64
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
        return ColumnType.TIMESTAMP
    return ColumnType.BYTES if isinstance(dtype, pl.Binary) else ColumnType.STRING


def rows_of(frame: pl.DataFrame) -> list[Row]:
    """The rows, with times and durations as texts."""
    columns = {series.name: _values(series) for series in frame}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def csv_of(frame: pl.DataFrame, *, header: bool) -> str:
    """The rows as CSV: `""` for an empty text, nothing for null, base64 for bytes, JSON for nested values."""
    plain = (pl.Boolean, pl.String)
    columns = [
        series
        if series.dtype.is_numeric() or isinstance(series.dtype, plain)
        else pl.Series(series.name, list(map(_text, _values(series))), pl.String)
        for series in frame
    ]
    return pl.DataFrame(columns).write_csv(include_header=header)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return json.dumps(value, ensure_ascii=False)


def _values(series: pl.Series) -> list[Any]:
    write = _writer(series.dtype)
    # As integers: neither Python's datetime nor polars' calendar reaches as far as times that have landed.
    values = series.cast(_physical(series.dtype)).to_list()
    return values if write is None else [None if value is None else write(value) for value in values]


def _physical(dtype: pl.DataType) -> pl.DataType:
    """The type with integers in place of times."""
    if isinstance(dtype, pl.List):
        return pl.List(_physical(_instance(dtype.inner)))
    if isinstance(dtype, pl.Array):
        return pl.Array(_physical(_instance(dtype.inner)), dtype.size)
    if isinstance(dtype, pl.Struct):
        return pl.Struct({name: _physical(_instance(each)) for name, each in dtype.to_schema().items()})
    if isinstance(dtype, pl.Date):
        return pl.Int32()
    if dtype.is_temporal():
        return pl.Int64()
    return pl.String() if isinstance(dtype, pl.Categorical | pl.Enum) else dtype


def _instance(dtype: pl.DataType | DataTypeClass) -> pl.DataType:
    return dtype if isinstance(dtype, pl.DataType) else dtype()


def _writer(dtype: pl.DataType) -> Callable[[Any], Any] | None:
    """What turns a physical value that is not null into one that is printed; None for one that stays."""
    if isinstance(dtype, pl.List | pl.Array):
        each = _nested(_instance(dtype.inner))
        return lambda values: [each(value) for value in values]
    if isinstance(dtype, pl.Struct):
        fields = {name: _nested(_instance(field)) for name, field in dtype.to_schema().items()}
        return lambda value: {name: fields[name](each) for name, each in value.items()}
    if isinstance(dtype, pl.Datetime):
        zone = "" if dtype.time_zone is None else "Z"
        return lambda value: written_us(_us(value, dtype.time_unit), separator="T") + zone
    if isinstance(dtype, pl.Date):
        return lambda days: written_us(days * _US_PER_DAY).split(" ")[0]
    if isinstance(dtype, pl.Time):
        return lambda ns: written_us(ns // 1_000).split(" ")[1]
    if isinstance(dtype, pl.Duration):
        return lambda value: _duration(_us(value, dtype.time_unit))
    return str if isinstance(dtype, pl.Decimal) else None


def _nested(dtype: pl.DataType) -> Callable[[Any], Any]:
    """The same for a value in a list or an object, where null stays null and all else is what JSON has."""
    if dtype.is_float():
        return lambda value: value if value is None or math.isfinite(value) else str(value)
    write = _text if isinstance(dtype, pl.Binary) else _writer(dtype)
    return lambda value: value if value is None or write is None else write(value)


def _us(value: int, unit: str) -> int:
    times, divided_by = _PER_US[unit]
    return value * times // divided_by


def _duration(us: int) -> str:
    """Hours, minutes and seconds: `1:01:05.500000`, `-0:00:01`."""
    seconds, fraction = divmod(abs(us), 1_000_000)
    sign, part = "-" if us < 0 else "", f".{fraction:06d}" if fraction else ""
    return f"{sign}{seconds // 3_600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{part}"


def rendered(row: pl.DataFrame, column: str) -> str:
    """One value, that of `column` in the first row, as text for people: cut where it is long, with quotes."""
    values = row[column].head(1)
    if values.is_null()[0]:
        return "null"
    # Neither Python's datetime nor polars' calendar reaches as far as event and Kafka times do.
    moment = isinstance(values.dtype, pl.Datetime)
    value = written_us(values.cast(pl.Int64)[0]) if moment else values[0]
    text = repr(value) if isinstance(value, bytes | float) else str(value)
    if isinstance(values.dtype, pl.String | pl.Categorical):
        text = '"' + text.encode("unicode_escape").decode().replace('"', '\\"') + '"'
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
