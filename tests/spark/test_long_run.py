"""A run whose log Spark has cut: the job goes on, and all of it is checked by the batch records."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from clickstream.check.findings import Code, Verdict
from clickstream.check.verifying import verify
from clickstream.clicks import CLICKS
from clickstream.clock import SystemClock
from clickstream.contract.definition.description import describe
from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.records import OffsetRange, TopicRecords
from clickstream.contract.run.recorded_batches import records_of
from clickstream.contract.run.terms import RunTerms
from clickstream.sinks.start import leftovers
from clickstream.sinks.start.output_matches_records import verified_files
from file_topic import KAFKA_TIME, click
from landing_job import LandingJob
from story import stream_settings, windows_of

LOG_KEPT = "spark.sql.streaming.minBatchesToRetain"
LOG_CUT_LATER = "spark.sql.streaming.asyncLogPurge.enabled"


@pytest.fixture
def job(session: SparkSession, tmp_path: Path) -> Iterator[LandingJob]:
    """A job whose log keeps two batches."""
    before = session.conf.get(LOG_CUT_LATER)
    session.conf.set(LOG_KEPT, "2")
    session.conf.set(LOG_CUT_LATER, "false")
    job = LandingJob(session, tmp_path)
    settings = stream_settings()
    terms = RunTerms(
        run_id="run-1",
        topic="events",
        topic_id="",
        starting_offsets="earliest",
        windows_ms={table: length.milliseconds for table, length in windows_of().items()},
        watermark_delay_ms=settings.watermark_delay.milliseconds,
        shuffle_partitions=settings.shuffle_partitions,
    )
    job.layout.output_terms_path().parent.mkdir(parents=True)
    job.layout.output_terms_path().write_text(terms.to_json(describe(CLICKS)))
    yield job
    session.conf.unset(LOG_KEPT)
    session.conf.set(LOG_CUT_LATER, before)


def checked(job: LandingJob) -> Verdict:
    """The whole check by the records alone: the log speaks of files here, not of a topic."""

    def read(ranges: Mapping[int, OffsetRange]) -> Iterator[TopicRecords]:
        for partition, (start, end) in ranges.items():
            count = end - start
            timestamps_ms = [int(KAFKA_TIME.timestamp() * 1_000)] * count
            offsets = list(range(start, end))
            yield TopicRecords([partition] * count, offsets, timestamps_ms, job.topic.messages[start:end])

    return verify(
        replace(job.layout, checkpoint=job.topic.folder / "none"),
        CLICKS,
        read,
        clock=SystemClock(),
        ask_ranges=lambda: {0: (0, len(job.topic.messages))},
    )


def add_minutes(job: LandingJob, first: int, last: int) -> None:
    # The topic of files counts a file as an offset: one message a batch.
    for minute in range(first, last):
        job.topic.add(click(f"12:{minute:02}:00", user_id=f"u{minute % 3}", page='/a,"b"\r\n', revenue=0.1))


@pytest.mark.thorough
def test_a_run_with_its_log_cut_goes_on_and_is_checked(job: LandingJob) -> None:
    add_minutes(job, 0, 7)
    job.run()
    for query in QUERIES:
        assert min(job.log_numbers(query, "offsets")) > 2
        assert [record.batch_id for record in records_of(job.layout, query)][:3] == [0, 1, 2]
    assert {finding.code for finding in checked(job).findings} == {Code.CHECKPOINT_MISSING}

    add_minutes(job, 7, 9)
    leftovers.remove(job.layout, CLICKS.tables, recorded=verified_files(job.layout))
    job.run()
    verdict = checked(job)
    assert {finding.code for finding in verdict.findings} == {Code.CHECKPOINT_MISSING}
    assert (verdict.events, verdict.rejected) == (9, 0)
    assert all(query.batches > 8 for query in verdict.queries)
