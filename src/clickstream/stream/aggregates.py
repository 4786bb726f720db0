"""The rows of the `aggregates` query: all tables with windows, from events that are decoded once.

The events go through one exchange, which the branches of all tables share. Spark shares it only while the
branches read it in the same way. So its columns are packed into one struct (no branch drops some of them), no
branch filters events, and the watermark is set above it: below, the branches that reuse it would have none.
"""

from collections.abc import Mapping, Sequence
from functools import reduce

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.contract.batch_rows import TABLE
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import ColumnType, Table
from clickstream.duration import Duration
from clickstream.errors import DefinitionInvalid

_SPARK_TYPE = {
    ColumnType.STRING: "string",
    ColumnType.INT64: "bigint",
    ColumnType.INT32: "int",
    ColumnType.FLOAT64: "double",
    ColumnType.TIMESTAMP: "timestamp",
    ColumnType.BYTES: "binary",
}
_BOUNDS = {
    "window_start": "window.start",
    "window_end": "window.end",
    "session_start": "session_window.start",
    "session_end": "session_window.end",
}


def aggregate_rows(
    events: DataFrame, pipeline: Pipeline, windows: Mapping[str, Duration], delay: Duration, partitions: int
) -> DataFrame:
    """The rows of all tables with windows (`contract/batch_rows.py`); each once, when it is complete.

    Args:
        events: decoded events, without rejected messages.
        pipeline: its tables.
        windows: the length of the windows of each table, or its gap, by table name.
        delay: how far the watermark stays behind the newest event_ts of all events.
        partitions: how many parts the shared exchange has.
    """
    packed = events.select(F.struct(*pipeline.fields_read, "event_ts").alias("event"), "kafka_offset")
    shared = packed.repartition(partitions, "kafka_offset").select("event.*")
    tables = pipeline.windowed_tables
    branches = [_branch(table, tables, shared, windows[table.name], delay) for table in tables]
    return reduce(DataFrame.union, branches)


def table_rows(table: Table, events: DataFrame, window: Duration, delay: Duration) -> DataFrame:
    """The rows of one table, with the columns of the contract.

    Raises:
        DefinitionInvalid: Spark cannot compute the table's half, or it has other columns.
    """
    if table.spark is None:
        raise DefinitionInvalid(f"{table.name} has no half for Spark.", next_step="Give the table one.")
    try:
        rows: DataFrame = table.spark(events.withWatermark("event_ts", interval(delay)), interval(window))
        columns = [F.col(_BOUNDS.get(name, f"`{name}`")).alias(name) for name in table.column_names]
        return rows.select(*columns)
    except AnalysisException as error:
        raise DefinitionInvalid(
            f"Spark cannot compute {table.name}: {str(error).splitlines()[0].split(' SQLSTATE')[0]}",
            next_step="Correct the table's Spark half or columns; a field that it uses must be in `reads`.",
        ) from error


def interval(duration: Duration) -> str:
    """The duration as Spark reads it."""
    return f"{duration.milliseconds} milliseconds"


def _branch(
    table: Table, tables: Sequence[Table], events: DataFrame, window: Duration, delay: Duration
) -> DataFrame:
    rows = table_rows(table, events, window, delay)
    structs = [
        F.struct(*rows.columns) if other is table else F.lit(None).cast(_struct_type(other))
        for other in tables
    ]
    named = [struct.alias(other.name) for struct, other in zip(structs, tables, strict=True)]
    return rows.select(F.lit(table.name).alias(TABLE), *named)


def _struct_type(table: Table) -> str:
    columns = (f"`{column.name}`: {_SPARK_TYPE[column.type]}" for column in table.columns)
    return f"struct<{', '.join(columns)}>"
