"""page_metrics: what happened on each page in each tumbling window."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.contract.event import PURCHASE


def page_metrics(events: DataFrame, window: str) -> DataFrame:
    """Count events, users, sessions, purchases and revenue per window and page, null pages among them.

    Args:
        events: with `event_ts`, `page`, `user_id`, `session_id`, `event_type`, `revenue`, and a watermark.
        window: length of the windows, which start at whole multiples of it since the Unix epoch.
    """
    return events.groupBy(F.window("event_ts", window), "page").agg(
        F.count(F.lit(1)).alias("pageviews"),
        F.approx_count_distinct("user_id").alias("unique_users"),
        F.approx_count_distinct("session_id").alias("unique_sessions"),
        F.count(F.when(F.col("event_type") == PURCHASE, 1)).alias("purchases"),
        F.sum(F.coalesce("revenue", F.lit(0.0))).alias("revenue"),
    )
