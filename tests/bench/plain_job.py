"""The usual way to write the job, as a yardstick for the kit's.

One stream per table, `from_json` with a schema, and `foreachBatch` that appends Parquet and CSV. Rows are
kept between the two writes, and Spark has the kit's heap and shuffle partitions: the rest are its defaults.
A batch that runs again appends its rows again, and nothing records what has landed.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 (as everybody writes it)

from clickstream.settings import Settings

SCHEMA = """
    event_time STRING, user_id STRING, session_id STRING, event_type STRING, page STRING, referrer STRING,
    device STRING, browser STRING, country STRING, campaign STRING, latency_ms BIGINT, revenue DOUBLE,
    _corrupt STRING
"""


@contextmanager
def plain_session(settings: Settings, jars: Sequence[Path]) -> Iterator[SparkSession]:
    """Spark in local mode, with the connector on its class path."""
    session = (
        SparkSession.builder.master(settings.stream.master_url)
        .config("spark.driver.memory", settings.stream.driver_memory)
        .config("spark.driver.extraClassPath", ":".join(str(jar) for jar in jars))
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", settings.stream.shuffle_partitions)
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    try:
        yield session
    finally:
        session.stop()


def run_plain_job(session: SparkSession, settings: Settings) -> None:
    """Read all that the topic holds into the five tables, and return."""
    length_ms = {table: length.milliseconds for table, length in settings.windows.of_tables().items()}
    tables = {
        "events_raw": events(session, settings).where("is_event").drop("value", "is_event", "_corrupt"),
        "events_rejected": (
            events(session, settings)
            .where("NOT is_event")
            .select("partition", "offset", "timestamp", F.base64("value").alias("value"))
        ),
        "page_metrics": page_metrics(events(session, settings), length_ms["page_metrics"]),
        "geo_metrics": geo_metrics(events(session, settings), length_ms["geo_metrics"]),
        "sessions": sessions(events(session, settings), length_ms["sessions"]),
    }
    queries = [
        rows.writeStream.queryName(name)
        .foreachBatch(appending(settings.paths.output / name))
        .option("checkpointLocation", str(settings.paths.checkpoint / name))
        .trigger(availableNow=True)
        .start()
        for name, rows in tables.items()
    ]
    for query in queries:
        query.awaitTermination()


def events(session: SparkSession, settings: Settings) -> DataFrame:
    """The topic as a stream of decoded events with a watermark."""
    records = (
        session.readStream.format("kafka")
        .option("kafka.bootstrap.servers", settings.broker.bootstrap_servers)
        .option("subscribe", settings.broker.topic)
        .option("startingOffsets", "earliest")
        .option("maxOffsetsPerTrigger", settings.stream.max_offsets_per_trigger)
        .load()
    )
    text = F.col("value").cast("string")
    event = F.from_json(text, SCHEMA, {"columnNameOfCorruptRecord": "_corrupt"})
    return (
        records.select("value", "partition", "offset", "timestamp", event.alias("event"))
        .select(
            "value",
            "partition",
            "offset",
            "timestamp",
            "event.*",
            (F.col("event").isNotNull() & F.col("event._corrupt").isNull()).alias("is_event"),
            F.coalesce(F.try_to_timestamp("event.event_time"), "timestamp").alias("event_ts"),
        )
        .withWatermark("event_ts", f"{settings.stream.watermark_delay.milliseconds} milliseconds")
    )


def page_metrics(seen: DataFrame, window_ms: int) -> DataFrame:
    is_purchase = F.col("event_type") == "purchase"
    return (
        seen.where("is_event")
        .groupBy(F.window("event_ts", f"{window_ms} milliseconds").alias("w"), "page")
        .agg(
            F.count("*").alias("pageviews"),
            F.approx_count_distinct("user_id").alias("unique_users"),
            F.approx_count_distinct("session_id").alias("unique_sessions"),
            F.count_if(is_purchase).alias("purchases"),
            F.sum(F.coalesce("revenue", F.lit(0.0))).alias("revenue"),
        )
        .select(F.col("w.start").alias("window_start"), F.col("w.end").alias("window_end"), "*")
        .drop("w")
    )


def geo_metrics(seen: DataFrame, window_ms: int) -> DataFrame:
    return (
        seen.where("is_event")
        .groupBy(F.window("event_ts", f"{window_ms} milliseconds").alias("w"), "country", "browser")
        .agg(F.count("*").alias("events"))
        .select(F.col("w.start").alias("window_start"), F.col("w.end").alias("window_end"), "*")
        .drop("w")
    )


def sessions(seen: DataFrame, gap_ms: int) -> DataFrame:
    return (
        seen.where("is_event AND user_id IS NOT NULL")
        .groupBy(F.session_window("event_ts", f"{gap_ms} milliseconds").alias("w"), "user_id")
        .agg(
            F.count("*").alias("events_in_session"),
            F.approx_count_distinct("page").alias("distinct_pages"),
            F.sum(F.coalesce("revenue", F.lit(0.0))).alias("session_revenue"),
        )
        .select(F.col("w.start").alias("session_start"), F.col("w.end").alias("session_end"), "*")
        .drop("w")
    )


def appending(folder: Path) -> Callable[[DataFrame, int], None]:
    """What Spark calls with each batch: the same rows, appended in both formats."""

    def append(batch: DataFrame, _batch_id: int) -> None:
        batch.persist()
        batch.write.mode("append").parquet(str(folder / "parquet"))
        batch.write.mode("append").option("header", "true").csv(str(folder / "csv"))
        batch.unpersist()

    return append
