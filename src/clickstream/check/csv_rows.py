"""A landed CSV file → typed rows: header row, doubled quotes, empty for null, `""` for an empty string."""

import polars as pl

from clickstream.check.schema import MOMENT, schema_of
from clickstream.contract.tables import ColumnType, Table

_MOMENT_FORMAT = "%Y-%m-%dT%H:%M:%S%.6fZ"


class NotTheTable(ValueError):
    """The file is no CSV of its table; the message says why."""


def read_csv_rows(content: bytes, table: Table) -> pl.DataFrame:
    """The rows of a CSV file with the table's types: moments with microseconds in UTC, bytes from base64.

    Raises:
        NotTheTable: another header, or a value that its column cannot hold.
    """
    try:
        texts = pl.read_csv(content, infer_schema=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise NotTheTable(
            f"it is no CSV ({error.args[0] if error.args else type(error).__name__})"
        ) from error
    if tuple(texts.columns) != table.column_names:
        raise NotTheTable(f"its header is {','.join(texts.columns)}, not {','.join(table.column_names)}")
    rows = texts.select(_typed(column.name, column.type, table) for column in table.columns)
    for column in table.columns:
        lost = texts[column.name].is_not_null() & rows[column.name].is_null()
        if lost.any():
            example = texts[column.name].filter(lost)[0]
            raise NotTheTable(f"{column.name} cannot be {example!r}")
    return rows


def _typed(name: str, column_type: ColumnType, table: Table) -> pl.Expr:
    text = pl.col(name)
    match column_type:
        case ColumnType.STRING:
            return text
        case ColumnType.TIMESTAMP:
            moment = text.str.to_datetime(_MOMENT_FORMAT, time_unit="us", strict=False)
            return moment.dt.replace_time_zone("UTC").cast(MOMENT)
        case ColumnType.BYTES:
            return text.str.decode("base64", strict=False)
        case _:
            return text.cast(schema_of(table)[name], strict=False)
