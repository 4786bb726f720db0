"""The contract's types in polars' terms: schemas of landed and of decoded rows."""

from functools import cache

import polars as pl

from clickstream.contract.event import EVENT_FIELDS, JsonType
from clickstream.contract.tables import EVENTS_RAW, EVENTS_REJECTED, ColumnType, Table

MOMENT = pl.Datetime("us", "UTC")

_POLARS_TYPE: dict[ColumnType, pl.DataType] = {
    ColumnType.STRING: pl.String(),
    ColumnType.INT32: pl.Int32(),
    ColumnType.INT64: pl.Int64(),
    ColumnType.FLOAT64: pl.Float64(),
    ColumnType.TIMESTAMP: MOMENT,
    ColumnType.BYTES: pl.Binary(),
}


@cache
def schema_of(table: Table) -> pl.Schema:
    """The columns of a landed table with their polars types, in contract order."""
    return pl.Schema({column.name: _POLARS_TYPE[column.type] for column in table.columns})


# Every string column but the nearly unique event_time is dictionary-encoded: 4 bytes a value instead of
# 16 and more, and ready to be grouped by its code. Each has categories of its own, so that codes stay dense.
_ENCODED = {
    field.name: pl.Categorical(pl.Categories(field.name, namespace="clickstream.check"))
    for field in EVENT_FIELDS
    if field.type is JsonType.STRING and field.name != "event_time"
}

DECODED_EVENTS = pl.Schema({**schema_of(EVENTS_RAW), **_ENCODED})
"""The columns of events_raw, strings other than event_time dictionary-encoded."""

DECODED_REJECTED = schema_of(EVENTS_REJECTED)
"""The columns of events_rejected."""


def plain(rows: pl.DataFrame) -> pl.DataFrame:
    """The same rows with dictionary-encoded columns as strings."""
    return rows.with_columns(pl.col(pl.Categorical).cast(pl.String))
