"""The rows of the `aggregates` query: all tables with windows, from events that are decoded once.

The events go through one exchange, which the branches of all tables share. Spark shares it only while the
branches read it in the same way. So its columns are packed into one struct (no branch drops some of them), no
branch filters events, and the watermark is set above it: below, the branches that reuse it would have none.
"""

from collections.abc import Mapping, Sequence
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.contract.batch_rows import TABLE
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import Table
from clickstream.duration import Duration
from clickstream.stream.halves import SPARK_TYPE, table_rows


def aggregate_rows(
    events: DataFrame, pipeline: Pipeline, windows: Mapping[str, Duration], delay: Duration, partitions: int
) -> DataFrame:
    """The rows of all tables with windows (`contract/batch_rows.py`); each once, when it is complete.

    `events` has no rejected messages. `windows` has the length of the windows of each table, or its gap, by
    table name; `partitions` is how many parts the shared exchange has. The watermark stays `delay` behind the
    newest event_ts.
    """
    packed = events.select(F.struct(*pipeline.fields_read, "event_ts").alias("event"), "kafka_offset")
    shared = packed.repartition(partitions, "kafka_offset").select("event.*")
    tables = pipeline.windowed_tables
    branches = [_branch(table, tables, shared, windows[table.name], delay) for table in tables]
    return reduce(DataFrame.union, branches)


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
    columns = (f"`{column.name}`: {SPARK_TYPE[column.type]}" for column in table.columns)
    return f"struct<{', '.join(columns)}>"
