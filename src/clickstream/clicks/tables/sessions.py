"""sessions: each user's visits, ended by a gap without events."""

from typing import TYPE_CHECKING

from clickstream.clicks.event import CLICK
from clickstream.clicks.windows import SESSION_WINDOW
from clickstream.define import Agreement, Column, ColumnType, session_table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from clickstream.define import Groups, Measure


def by_spark(events: "DataFrame", gap: str) -> "DataFrame":
    """Merge each user's events into sessions and count their events, pages and revenue."""
    from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

    return events.groupBy(F.session_window("event_ts", gap), "user_id").agg(
        F.count(F.lit(1)).alias("events_in_session"),
        F.approx_count_distinct("page").alias("distinct_pages"),
        F.sum(F.coalesce("revenue", F.lit(0.0))).alias("session_revenue"),
    )


def by_polars(groups: "Groups") -> "dict[str, Measure]":
    """The same measures, computed independently by the check."""
    return {
        "events_in_session": groups.count(),
        "distinct_pages": groups.approx_count_distinct("page"),
        "session_revenue": groups.sum("revenue"),
    }


SESSIONS = session_table(
    CLICK,
    "sessions",
    gap=SESSION_WINDOW,
    group=("user_id",),
    measures=(
        Column("events_in_session", ColumnType.INT64),
        Column("distinct_pages", ColumnType.INT64),
        Column("session_revenue", ColumnType.FLOAT64, Agreement.SUM),
    ),
    reads=("page", "revenue"),
    spark=by_spark,
    polars=by_polars,
)
