"""A landed CSV file → typed rows: header row, doubled quotes, empty for null, `""` for an empty string."""

import codecs
import gzip
import zlib

import polars as pl

from clickstream.check.decode.event_ts import FIXED_FORM, fixed_form_us
from clickstream.check.decode.schema import MOMENT, schema_of
from clickstream.contract.definition.tables import Column, ColumnType, Table

_USUAL = FIXED_FORM + r"Z\z"
_LONGEST_HEADER = 1_000
_ANY_MOMENT = "%Y-%m-%dT%H:%M:%S%.6fZ"


class NotTheTable(ValueError):
    """The file is not a CSV file of its table; the message says why."""


def read_csv_rows(content: bytes, table: Table, *, gzipped: bool = False) -> pl.DataFrame:
    """The rows of a CSV file with the table's types: moments with microseconds in UTC, bytes from base64.

    Raises:
        NotTheTable: no gzip where it must be, another header, or a value that its column cannot hold.
    """
    if gzipped:
        content = _unpacked(content)
    _refuse_other_header(content, table)
    try:
        texts = pl.read_csv(content, infer_schema=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise NotTheTable(
            f"it is not valid CSV ({error.args[0] if error.args else type(error).__name__})"
        ) from error
    rows = texts.select(_typed(column, table) for column in table.columns)
    if rows.null_count().equals(texts.null_count()):
        return rows
    return rows.with_columns(
        _second_try(texts[column.name], rows[column.name], column) for column in table.columns
    )


def _unpacked(content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise NotTheTable(f"it is not compressed with gzip ({error})") from error


def _refuse_other_header(content: bytes, table: Table) -> None:
    """Look at the bytes: polars ignores a byte-order mark, and unpacks a file that should not be packed."""
    if content.startswith(codecs.BOM_UTF8):
        raise NotTheTable("it begins with a byte-order mark")
    header = content[:_LONGEST_HEADER].split(b"\n", 1)[0].removesuffix(b"\r").decode(errors="replace")
    expected = ",".join(table.column_names)
    if header != expected:
        raise NotTheTable(f"its header is {header!r}, not {expected!r}")


def _typed(column: Column, table: Table) -> pl.Expr:
    text = pl.col(column.name)
    match column.type:
        case ColumnType.STRING:
            return text
        case ColumnType.TIMESTAMP:
            return pl.when(text.str.contains(_USUAL)).then(fixed_form_us(text)).cast(MOMENT)
        case ColumnType.BYTES:
            return text.str.decode("base64", strict=False)
        case _:
            return text.cast(schema_of(table)[column.name], strict=False)


def _second_try(texts: pl.Series, values: pl.Series, column: Column) -> pl.Series:
    """The values of a column again, if some could not be read at first."""
    if column.type is ColumnType.TIMESTAMP:
        # Offsets take event times beyond the years 0 and 9999, which are written with a sign.
        moments = texts.str.to_datetime(_ANY_MOMENT, time_unit="us", strict=False)
        values = moments.dt.replace_time_zone("UTC")
    lost = texts.filter(texts.is_not_null() & values.is_null())
    if lost.len():
        raise NotTheTable(f"{column.name} cannot be {lost[0]!r}")
    return values
