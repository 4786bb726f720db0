"""geo_metrics: how many events came from each country and browser in each tumbling window."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know


def geo_metrics(events: DataFrame, window: str) -> DataFrame:
    """Count events per window, country and browser, nulls as groups of their own.

    Args:
        events: with `event_ts`, `country`, `browser`, and a watermark.
        window: length of the windows, which start at whole multiples of it since the Unix epoch.
    """
    return events.groupBy(F.window("event_ts", window), "country", "browser").agg(
        F.count(F.lit(1)).alias("events")
    )
