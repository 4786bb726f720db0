"""geo_metrics: how many events came from each country and browser in each tumbling window."""

from typing import TYPE_CHECKING

from clickstream.clicks.event import CLICK
from clickstream.clicks.windows import GEO_WINDOW
from clickstream.define import Column, ColumnType, tumbling_table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from clickstream.define import Groups, Measure


def by_spark(events: "DataFrame", window: str) -> "DataFrame":
    """Count events per window, country and browser, nulls as separate groups."""
    from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

    grouped = events.groupBy(F.window("event_ts", window), "country", "browser")
    return grouped.agg(F.count(F.lit(1)).alias("events"))


def by_polars(groups: "Groups") -> "dict[str, Measure]":
    """The same measures, computed independently by the check."""
    return {"events": groups.count()}


GEO_METRICS = tumbling_table(
    CLICK,
    "geo_metrics",
    window=GEO_WINDOW,
    group=("country", "browser"),
    measures=(Column("events", ColumnType.INT64),),
    reads=(),
    spark=by_spark,
    polars=by_polars,
)
