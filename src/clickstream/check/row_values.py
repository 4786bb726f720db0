"""Values of any polars type as texts, numbers and bytes; times in UTC, in any year."""

import base64
import json
import math
from typing import Any

import polars as pl

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
    dtype = series.dtype
    if isinstance(dtype, pl.List | pl.Array):
        return [None if each is None else list(map(_in_json, _values(each))) for each in series]
    if isinstance(dtype, pl.Struct):
        rows = rows_of(series.struct.unnest())
        named = ({name: _in_json(value) for name, value in row.items()} for row in rows)
        return [None if is_null else row for is_null, row in zip(series.is_null(), named, strict=True)]
    if dtype.is_temporal():
        # As integers: times that have landed reach further than Python's datetime and polars' calendar.
        physical = series.to_physical().to_list()
        return [None if value is None else _written(value, dtype) for value in physical]
    if isinstance(dtype, pl.Decimal | pl.Categorical | pl.Enum):
        series = series.cast(pl.String)
    return series.to_list()


def _in_json(value: object) -> object:
    """A value within a list or an object, as JSON has it."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return _text(value) if isinstance(value, bytes) else value


def _written(value: int, dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.Datetime):
        zone = "" if dtype.time_zone is None else "Z"
        return written_us(_us(value, dtype.time_unit), separator="T") + zone
    if isinstance(dtype, pl.Date):
        return written_us(value * _US_PER_DAY).split(" ")[0]
    if isinstance(dtype, pl.Duration):
        return _duration(_us(value, dtype.time_unit))
    return written_us(value // 1_000).split(" ")[1]


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
