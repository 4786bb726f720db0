"""The rows of the `aggregates` query: all tables with windows, from events that are decoded once.

The events go through one exchange, which the branches of all tables share. Spark shares it only while the
branches read it in the same way. So its columns are packed into one struct (no branch drops some of them), no
branch filters events, and the watermark is set above it: below, the branches that reuse it would have none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.contract.batch_rows import TABLE
from clickstream.contract.tables import ColumnType, Table
from clickstream.duration import Duration

Aggregation = Callable[[DataFrame, str], DataFrame]
"""Groups events by `window` or `session_window` and by keys, and aggregates them.

Gets events with a watermark and the length of the window as Spark reads it.
"""

_SPARK_TYPE = {
    ColumnType.STRING: "string",
    ColumnType.INT64: "bigint",
    ColumnType.INT32: "int",
    ColumnType.FLOAT64: "double",
    ColumnType.TIMESTAMP: "timestamp",
    ColumnType.BYTES: "binary",
}
_WINDOW_OF = {"window_start": "window.start", "window_end": "window.end"}
_SESSION_OF = {"session_start": "session_window.start", "session_end": "session_window.end"}


@dataclass(frozen=True, slots=True)
class WindowedTable:
    """A table with windows, the aggregation that computes it, and the length of its windows or its gap."""

    table: Table
    aggregation: Aggregation
    window: Duration


def aggregate_rows(
    events: DataFrame,
    tables: Sequence[WindowedTable],
    columns: Sequence[str],
    delay: Duration,
    partitions: int,
) -> DataFrame:
    """The rows of all tables in the form of `contract/batch_rows.py`; each once, when it is complete.

    Args:
        events: decoded events, without rejected messages.
        tables: what to compute.
        columns: the columns of `events` that the aggregations read, with `event_ts`.
        delay: how far the watermark stays behind the newest event_ts of all events.
        partitions: how many parts the shared exchange has.
    """
    packed = events.select(F.struct(*columns).alias("event"), "kafka_offset")
    shared = packed.repartition(partitions, "kafka_offset").select("event.*")
    branches = [_branch(each, tables, shared, delay) for each in tables]
    return reduce(DataFrame.union, branches)


def table_rows(each: WindowedTable, events: DataFrame, delay: Duration) -> DataFrame:
    """The rows of one table, with the columns of the contract."""
    rows = each.aggregation(events.withWatermark("event_ts", interval(delay)), interval(each.window))
    bounds = _SESSION_OF if "session_window" in rows.columns else _WINDOW_OF
    return rows.select(
        *(F.col(bounds.get(column.name, column.name)).alias(column.name) for column in each.table.columns)
    )


def interval(duration: Duration) -> str:
    """The duration as Spark reads it."""
    return f"{duration.milliseconds} milliseconds"


def _branch(
    each: WindowedTable, tables: Sequence[WindowedTable], events: DataFrame, delay: Duration
) -> DataFrame:
    rows = table_rows(each, events, delay)
    structs = [
        (F.struct(*rows.columns) if other is each else F.lit(None).cast(_struct_type(other.table))).alias(
            other.table.name
        )
        for other in tables
    ]
    return rows.select(F.lit(each.table.name).alias(TABLE), *structs)


def _struct_type(table: Table) -> str:
    return "struct<" + ", ".join(f"`{c.name}`: {_SPARK_TYPE[c.type]}" for c in table.columns) + ">"
