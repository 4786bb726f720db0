"""sessions: each user's visits, ended by a gap without events."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.contract.tables import SESSIONS
from clickstream.duration import Duration
from clickstream.stream.watermark import interval, watermarked


def sessions(events: DataFrame, gap: Duration, delay: Duration) -> DataFrame:
    """Merge each user's events into sessions and count their events, pages and revenue.

    An event without user belongs to no session and does not move this query's watermark either.

    Args:
        events: with `event_ts`, `user_id`, `page`, `revenue`.
        gap: a session ends this long after its last event; sessions that touch are one.
        delay: how far behind the newest event the watermark stays.

    Returns:
        The rows of sessions; each once, when the watermark has passed the session's end.
    """
    seen = events.where("user_id is not null").select("event_ts", "user_id", "page", "revenue")
    return (
        watermarked(seen, delay)
        .groupBy(F.session_window("event_ts", interval(gap)).alias("session"), "user_id")
        .agg(
            F.count(F.lit(1)).alias("events_in_session"),
            F.approx_count_distinct("page").alias("distinct_pages"),
            F.sum(F.coalesce("revenue", F.lit(0.0))).alias("session_revenue"),
        )
        .withColumns({"session_start": F.col("session.start"), "session_end": F.col("session.end")})
        .select(*SESSIONS.column_names)
    )
