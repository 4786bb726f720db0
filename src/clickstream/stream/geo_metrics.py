"""geo_metrics: how many events came from each country and browser in each tumbling window."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.contract.tables import GEO_METRICS
from clickstream.duration import Duration
from clickstream.stream.watermark import interval, watermarked


def geo_metrics(events: DataFrame, window: Duration, delay: Duration) -> DataFrame:
    """Count events per window, country and browser, nulls as groups of their own.

    Args:
        events: with `event_ts`, `country`, `browser`.
        window: length of the windows, which start at whole multiples of it since the Unix epoch.
        delay: how far behind the newest event the watermark stays.

    Returns:
        The rows of geo_metrics; each once, when the watermark has passed the window's end.
    """
    seen = events.select("event_ts", "country", "browser")
    return (
        watermarked(seen, delay)
        .groupBy(F.window("event_ts", interval(window)), "country", "browser")
        .agg(F.count(F.lit(1)).alias("events"))
        .withColumns({"window_start": F.col("window.start"), "window_end": F.col("window.end")})
        .select(*GEO_METRICS.column_names)
    )
