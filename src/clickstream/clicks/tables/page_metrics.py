"""page_metrics: what happened on each page in each tumbling window."""

from typing import TYPE_CHECKING

from clickstream.clicks.event import CLICK, PURCHASE
from clickstream.clicks.windows import PAGE_WINDOW
from clickstream.define import Agreement, Column, ColumnType, tumbling_table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from clickstream.define import Groups, Measure


def by_spark(events: "DataFrame", window: str) -> "DataFrame":
    """Count events, users, sessions, purchases and revenue per window and page, null pages among them."""
    from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

    return events.groupBy(F.window("event_ts", window), "page").agg(
        F.count(F.lit(1)).alias("pageviews"),
        F.approx_count_distinct("user_id").alias("unique_users"),
        F.approx_count_distinct("session_id").alias("unique_sessions"),
        F.count(F.when(F.col("event_type") == PURCHASE, 1)).alias("purchases"),
        F.sum(F.coalesce("revenue", F.lit(0.0))).alias("revenue"),
    )


def by_polars(groups: "Groups") -> "dict[str, Measure]":
    """The same measures, computed independently by the check."""
    import polars as pl

    return {
        "pageviews": groups.count(),
        "unique_users": groups.approx_count_distinct("user_id"),
        "unique_sessions": groups.approx_count_distinct("session_id"),
        "purchases": groups.count(pl.col("event_type") == PURCHASE),
        "revenue": groups.sum("revenue"),
    }


PAGE_METRICS = tumbling_table(
    CLICK,
    "page_metrics",
    window=PAGE_WINDOW,
    group=("page",),
    measures=(
        Column("pageviews", ColumnType.INT64),
        Column("unique_users", ColumnType.INT64),
        Column("unique_sessions", ColumnType.INT64),
        Column("purchases", ColumnType.INT64),
        Column("revenue", ColumnType.FLOAT64, Agreement.SUM),
    ),
    reads=("user_id", "session_id", "event_type", "revenue"),
    spark=by_spark,
    polars=by_polars,
)
