"""Settings of job and sink where they end: in the rows, the batch records, the trigger and the files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import pytest
from pyspark.errors import StreamingQueryException
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.clicks import CLICKS
from clickstream.clicks.tables import EVENTS_RAW, EVENTS_REJECTED, GEO_METRICS, PAGE_METRICS, SESSIONS
from clickstream.clock import SystemClock
from clickstream.contract.batch_rows import REASON
from clickstream.contract.definition.tables import AGGREGATES, EVENTS, Table
from clickstream.contract.run.layout import Layout
from clickstream.errors import PartDied
from clickstream.settings import SinkSettings
from clickstream.sinks.landing.staging import Staging
from clickstream.stream.queries import run_queries
from file_topic import click
from landing_job import LandingJob
from story import stream_settings


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 3, 1, hour, minute, tzinfo=UTC)


@pytest.fixture(scope="module")
def job(session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> LandingJob:
    """Every length another than the defaults, and none like the others; records are of 18:00."""
    job = LandingJob(session, tmp_path_factory.mktemp("lengths"))
    job.topic.add(click("12:00:00", user_id="u"), click("17:00:00", user_id="u"), click("19:30:01"))
    job.run(
        stream={
            "PAGE_WINDOW": "2 minutes",
            "GEO_WINDOW": "3 minutes",
            "SESSION_WINDOW": "4 minutes",
            "WATERMARK_DELAY": "10 minutes",
            "FUTURE_TOLERANCE": "90 minutes",
        }
    )
    return job


@pytest.mark.acts("PAGE_WINDOW", "GEO_WINDOW", "SESSION_WINDOW")
@pytest.mark.parametrize(
    ("table", "begin", "end", "minute"),
    [
        (PAGE_METRICS, "window_start", "window_end", 2),
        (GEO_METRICS, "window_start", "window_end", 3),
        (SESSIONS, "session_start", "session_end", 4),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_windows_and_sessions_land_with_the_length_that_is_set(
    job: LandingJob, table: Table, begin: str, end: str, minute: int
) -> None:
    assert job.rows(table).select(begin, end).rows() == [(at(12, 0), at(12, minute))]


@pytest.mark.acts("WATERMARK_DELAY")
def test_the_watermark_stays_behind_by_the_delay_that_is_set(job: LandingJob) -> None:
    behind_ms = int(at(16, 50).timestamp()) * 1_000
    assert [record.watermark_ms for record in job.records(AGGREGATES)] == [0, behind_ms]


@pytest.mark.acts("FUTURE_TOLERANCE")
def test_what_is_ahead_by_more_than_the_tolerance_that_is_set_is_rejected(job: LandingJob) -> None:
    assert job.rows(EVENTS_REJECTED)["reason"].to_list() == ["future_event"]


class RecordingWriter:
    """Stands in for the rows of a query, its session and its writer: keeps the trigger, starts nothing."""

    def __init__(self) -> None:
        self.told: dict[str, Any] = {}

    def __getattr__(self, _name: str) -> Self:
        return self

    def __call__(self, *_words: object, **_named: object) -> Self:
        return self

    def trigger(self, **told: object) -> Self:
        self.told = told
        return self

    def start(self) -> None:
        raise StreamingQueryException("nothing is started here")


@pytest.mark.acts("TRIGGER_INTERVAL")
@pytest.mark.parametrize(
    ("available_now", "told"),
    [(False, {"processingTime": "90000 milliseconds"}), (True, {"availableNow": True})],
)
def test_a_continuous_job_is_triggered_at_the_interval_that_is_set(
    available_now: bool, told: dict[str, object], tmp_path: Path
) -> None:
    rows: Any = RecordingWriter()
    with pytest.raises(PartDied, match="nothing is started here"):
        run_queries(
            {AGGREGATES: rows},
            stream_settings(TRIGGER_INTERVAL="1 minute 30 seconds"),
            layout=Layout(tmp_path / "output", tmp_path / "checkpoint"),
            landings={AGGREGATES: lambda _rows, _batch_id: None},
            available_now=available_now,
            stop_requested=lambda: True,
            clock=SystemClock(),
        )
    assert rows.told == told


@pytest.mark.acts("OUTPUT_FILES_PER_BATCH")
@pytest.mark.parametrize("files", [1, 3])
def test_events_of_many_tasks_land_in_as_many_files_as_are_set(
    session: SparkSession, files: int, tmp_path: Path
) -> None:
    columns = [
        F.lit(None).cast("string").alias(name) for name in EVENTS_RAW.column_names if name != "kafka_offset"
    ]
    rows = session.range(0, 40, 1, 4).select(
        F.col("id").alias("kafka_offset"), F.lit(None).cast("string").alias(REASON), *columns
    )
    staging = Staging(CLICKS, EVENTS, SinkSettings(OUTPUT_FILES_PER_BATCH=files))
    assert len(staging.write_parquet(rows, tmp_path / "batch")[EVENTS_RAW.name]) == files
