"""sessions: each user's visits, ended by a gap without events."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know


def sessions(events: DataFrame, gap: str) -> DataFrame:
    """Merge each user's events into sessions and count their events, pages and revenue.

    Args:
        events: with `event_ts`, `user_id`, `page`, `revenue`, and a watermark. Events without a user are one
            group here: the sinks drop its rows. A filter on events would not leave the exchange shared.
        gap: a session ends this long after its last event; sessions that touch are one.
    """
    return events.groupBy(F.session_window("event_ts", gap), "user_id").agg(
        F.count(F.lit(1)).alias("events_in_session"),
        F.approx_count_distinct("page").alias("distinct_pages"),
        F.sum(F.coalesce("revenue", F.lit(0.0))).alias("session_revenue"),
    )
