"""How the aggregating queries see event time: one watermark rule for all of them."""

from pyspark.sql import DataFrame

from clickstream.duration import Duration


def interval(duration: Duration) -> str:
    """The duration as Spark reads it."""
    return f"{duration.milliseconds} milliseconds"


def watermarked(events: DataFrame, delay: Duration) -> DataFrame:
    """The events with the watermark `delay` behind the newest event_ts that the query has seen.

    Every filter of a query comes before this call: one that Spark finds above the watermark it may push
    below, and the rows that it removes would no longer move the watermark.
    """
    return events.withWatermark("event_ts", interval(delay))
