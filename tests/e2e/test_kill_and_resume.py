"""Whatever is killed, the landed rows are those of an undisturbed run."""

import polars as pl
import psutil
import pytest
from polars.testing import assert_frame_equal

from clickstream.clicks.tables import TABLES

EVENTS = 12_000
SIMULATED = {
    "START_TIME": "2026-03-01T00:00:00+00:00",
    "MSGS_PER_SEC": "40",
    "LATE_RATE": "0.1",
    "MALFORMED_RATE": "0.01",
    "MAX_OFFSETS_PER_TRIGGER": "1000",
}


def landed_rows(kit, table):
    """All landed rows of a table, in the order of its key; which batch landed them does not matter."""
    files = sorted((kit.folder / "data/output/default" / table.name / "parquet").glob("*.parquet"))
    return pl.concat(pl.read_parquet(file) for file in files).sort(table.key)


def jvm_of(process):
    """The job's JVM: the one Java among what the command started."""
    children = psutil.Process(process.pid).children(recursive=True)
    return next((child for child in children if child.name() == "java"), None)


@pytest.fixture
def produced(kit, another_kit, bootstrap_servers, topic):
    """Two projects before one topic, full of events."""
    for project in (kit, another_kit):
        project.settings |= SIMULATED | {"KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers, "KAFKA_TOPIC": topic}
    kit.done("produce", "--count", str(EVENTS))


@pytest.mark.thorough
def test_a_jvm_killed_again_and_again_lands_what_an_undisturbed_one_does(kit, another_kit, produced):
    # Each time the job gets further: killed in its first batches, in the middle, near the end.
    for records_landed in (1, 7, 15):
        job = kit.start("stream", "--available-now")
        kit.wait_until(lambda wanted=records_landed: len(kit.records()) >= wanted, "more batches landed")
        jvm_of(job).kill()
        assert job.wait(60) == 4, kit.log()
    assert "Traceback" not in kit.log()
    kit.done("stream", "--available-now")

    another_kit.done("stream", "--available-now")
    for table in TABLES:
        assert_frame_equal(landed_rows(kit, table), landed_rows(another_kit, table), rel_tol=1e-12)
    code, verdict = kit.verdict()
    assert (code, verdict["result"]) == (0, "pass"), verdict
    assert kit.processes() == []


@pytest.mark.thorough
def test_a_killed_python_leaves_no_jvm_behind_and_the_run_goes_on(kit, produced):
    job = kit.start("stream", "--available-now")
    kit.wait_until(lambda: len(kit.records()) >= 5, "batches landed")
    jvm = jvm_of(job)
    job.kill()
    job.wait(10)
    jvm.wait(60)
    # What watches over the JVM ends a moment after it.
    kit.wait_until(lambda: not kit.processes(), "nothing runs any more", deadline_s=20)
    kit.done("stream", "--available-now")
    assert kit.verdict()[0] == 0
