"""The contract's types in polars' terms: schemas of landed and of decoded rows."""

from functools import cache

import polars as pl

from clickstream.contract.definition.event import Event
from clickstream.contract.definition.tables import ColumnType, Table, event_table, rejected_table

MOMENT = pl.Datetime("us", "UTC")

BATCH = "batch_id"
"""Column beside a table's own: the batch that lands the row, Int32."""
FILE = "file"
"""Column beside a table's own: the Parquet file that a row was read from, below OUTPUT_PATH."""

TOLERANCE = 1e-9
"""Sums and means may differ by this share of the sum of absolute values: additions come in any order."""

_POLARS_TYPE: dict[ColumnType, pl.DataType] = {
    ColumnType.STRING: pl.String(),
    ColumnType.INT32: pl.Int32(),
    ColumnType.INT64: pl.Int64(),
    ColumnType.FLOAT64: pl.Float64(),
    ColumnType.TIMESTAMP: MOMENT,
    ColumnType.BYTES: pl.Binary(),
}


def tolerance_of(column: str) -> str:
    """The column beside a sum or mean that says by how much the landed value may differ, Float64."""
    return f"{column}.tolerance"


@cache
def schema_of(table: Table) -> pl.Schema:
    """The columns of a landed table with their polars types, in contract order."""
    return pl.Schema({column.name: _POLARS_TYPE[column.type] for column in table.columns})


def decoded_events(event: Event) -> pl.Schema:
    """The columns of decoded events: the fields, `event_ts`, and where and when the record came.

    Every string but the nearly unique time is dictionary-encoded: 4 bytes a value instead of 16 and more, and
    ready to be grouped by its code. Each has its own categories, so that codes stay dense.
    """
    encoded = {
        name: pl.Categorical(pl.Categories(name, namespace="clickstream.check"))
        for name in event.string_names
        if name != event.time_field
    }
    return pl.Schema({**schema_of(event_table(event, "")), **encoded})


DECODED_REJECTED = schema_of(rejected_table(""))
"""The columns of rejected messages."""


def with_strings(rows: pl.DataFrame) -> pl.DataFrame:
    """The same rows with dictionary-encoded columns as strings."""
    return rows.with_columns(pl.col(pl.Categorical).cast(pl.String))
