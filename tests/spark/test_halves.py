"""A Spark half that cannot be a table is refused before the run begins, with line and reason."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812

from clickstream.clicks import CLICKS
from clickstream.clicks.tables import PAGE_METRICS, SESSIONS
from clickstream.contract.batch_rows import WAVE
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import Column, ColumnType
from clickstream.duration import Duration
from clickstream.errors import DefinitionInvalid
from clickstream.stream.halves import refuse_unsound_halves
from clickstream.stream.one_batch import write_rows
from story import windows_of

Half = Callable[[DataFrame, str], object]


def counted(events: DataFrame, window: str) -> DataFrame:
    """A sound half of a table with one measure."""
    return events.groupBy(F.window("event_ts", window), "page").agg(F.count(F.lit(1)).alias("pageviews"))


def with_half(half: Half) -> Pipeline:
    columns = (*PAGE_METRICS.columns[:3], Column("pageviews", ColumnType.INT64))
    return replace(CLICKS, tables=(*CLICKS.tables[:2], replace(PAGE_METRICS, columns=columns, spark=half)))


def collects(events: DataFrame, window: str) -> DataFrame:
    counted(events, window).collect()
    return counted(events, window)


def counts(events: DataFrame, window: str) -> DataFrame:
    return counted(events, window).where(F.lit(events.count()) > 0)


def writes(events: DataFrame, window: str) -> DataFrame:
    events.write.format("noop").mode("overwrite").save()
    return counted(events, window)


def starts(events: DataFrame, window: str) -> DataFrame:
    events.writeStream.format("noop").start()
    return counted(events, window)


def misspells(events: DataFrame, window: str) -> DataFrame:
    return counted(event, window)  # type: ignore[name-defined]  # noqa: F821


def test_the_bundled_halves_are_sound_and_nothing_runs(session: SparkSession) -> None:
    refuse_unsound_halves(session, CLICKS, windows_of())
    refuse_unsound_halves(session, with_half(counted), windows_of())
    assert session.streams.active == []


@pytest.mark.parametrize(
    ("half", "said"),
    [
        (collects, "collects, counts or writes rows"),
        (counts, "collects, counts or writes rows"),
        (writes, "writes|write"),
        (starts, "starts a query"),
        (lambda events, window: counted(events.join(events.select("page"), "page"), window), "joins"),
        (lambda events, window: counted(events.union(events), window), "reads more than its `events`"),
        (lambda events, window: counted(events, window).orderBy("page"), "cannot run on a stream: .*[Ss]ort"),
        (misspells, "fails with NameError: name 'event' is not defined"),
        (lambda events, window: [1], "gives list; expected is a DataFrame"),
        (
            lambda events, window: counted(events, window).withColumn("more", F.lit(1)),
            "declared are",
        ),
        (lambda events, window: counted(events, window).drop("page"), "gives the columns pageviews, window"),
        (
            lambda events, window: counted(events, window).withColumn("pageviews", F.col("pageviews") / 2),
            "gives pageviews as double; declared is bigint",
        ),
        (lambda events, window: counted(events.select("speed"), window), "speed"),
    ],
)
def test_what_no_table_can_be_is_refused_with_table_file_and_reason(
    session: SparkSession, half: Half, said: str
) -> None:
    with pytest.raises(DefinitionInvalid, match=rf"page_metrics \(.*test_halves.py, line \d+\) .*{said}"):
        refuse_unsound_halves(session, with_half(half), windows_of())
    assert session.streams.active == []


def test_a_table_is_computed_as_one_batch_wave_by_wave(session: SparkSession, tmp_path: Path) -> None:
    # Two sessions of a user that touch: apart in two waves, one in the same.
    moments = pl.Series([0, 3_000_000, 100_000_000]).cast(pl.Datetime("us", "UTC"))
    fields = {name: pl.Series(["x"] * 3) for name in CLICKS.fields_read}
    fields |= {"revenue": pl.Series([1.0, 2.0, None])}
    for waves, lengths in (([0, 1, 0], [1, 1, 1]), ([0, 0, 0], [1, 2])):
        folder = tmp_path / str(len(lengths))
        folder.mkdir()
        events = pl.DataFrame({**fields, "event_ts": moments, WAVE: pl.Series(waves, dtype=pl.Int32)})
        events.write_parquet(folder / "events.parquet")
        write_rows(
            session,
            SESSIONS,
            Duration(5_000),
            events=folder / "events.parquet",
            waves=max(waves) + 1,
            rows=folder / "rows",
        )
        rows = pl.concat(pl.read_parquet(file) for file in (folder / "rows").glob("*.parquet"))
        assert rows.columns == list(SESSIONS.column_names)
        assert sorted(rows["events_in_session"].to_list()) == lengths
