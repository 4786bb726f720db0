"""Temperatures of rooms: readings of sensors, a table per window and room, and the sensors' time online."""

from typing import TYPE_CHECKING

from clickstream.define import (
    Agreement,
    Column,
    ColumnType,
    Event,
    EventField,
    JsonType,
    Pipeline,
    WindowSetting,
    event_table,
    rejected_table,
    session_table,
    tumbling_table,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from clickstream.define import Groups, Measure

READING = Event(
    fields=(
        EventField("measured_at", JsonType.STRING),
        EventField("sensor", JsonType.STRING, values=tuple(f"sensor-{number}" for number in range(40))),
        EventField("room", JsonType.STRING, default="unknown", values=("kitchen", "cellar", "attic", None)),
        EventField("celsius", JsonType.NUMBER, low=-5.0, high=35.0),
        EventField("battery_percent", JsonType.INTEGER, low=0, high=100),
    ),
    time_field="measured_at",
    key_field="sensor",
)

TEMPERATURE_WINDOW = WindowSetting("TEMPERATURE_WINDOW", "1 minute", "Length of the windows of temperatures.")
SILENCE_GAP = WindowSetting("SILENCE_GAP", "20 seconds", "A sensor is offline after this long in silence.")


def temperatures_by_spark(readings: "DataFrame", window: str) -> "DataFrame":
    """The job's half: the lowest, mean and highest temperature of each room in each window."""
    from pyspark.sql import functions as F

    return readings.groupBy(F.window("event_ts", window), "room").agg(
        F.min("celsius").alias("lowest"), F.avg("celsius").alias("mean"), F.max("celsius").alias("highest")
    )


def temperatures_by_polars(readings: "Groups") -> "dict[str, Measure]":
    """The checker's half: the same in another way, from the same readings in the same groups."""
    return {
        "lowest": readings.min("celsius"),
        "mean": readings.mean("celsius"),
        "highest": readings.max("celsius"),
    }


TEMPERATURES = tumbling_table(
    READING,
    "temperatures",
    window=TEMPERATURE_WINDOW,
    group=("room",),
    measures=(
        Column("lowest", ColumnType.FLOAT64),
        Column("mean", ColumnType.FLOAT64, Agreement.MEAN),
        Column("highest", ColumnType.FLOAT64),
    ),
    reads=("celsius",),
    spark=temperatures_by_spark,
    polars=temperatures_by_polars,
)


def online_by_spark(readings: "DataFrame", gap: str) -> "DataFrame":
    """How many readings came from each sensor while it was online, and its lowest battery."""
    from pyspark.sql import functions as F

    return readings.groupBy(F.session_window("event_ts", gap), "sensor").agg(
        F.count(F.lit(1)).alias("readings"), F.min("battery_percent").alias("lowest_battery")
    )


# Without a polars half: the check computes this table a second time with the Spark half, as one batch.
ONLINE = session_table(
    READING,
    "online",
    gap=SILENCE_GAP,
    group=("sensor",),
    measures=(Column("readings", ColumnType.INT64), Column("lowest_battery", ColumnType.INT64)),
    reads=("battery_percent",),
    spark=online_by_spark,
)

pipeline = Pipeline(
    "temperatures",
    READING,
    (event_table(READING, "readings"), rejected_table("rejected"), TEMPERATURES, ONLINE),
)
