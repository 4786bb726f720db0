"""The harness itself can fail: by a batch landed twice, a record lost or doubled, a fault that missed."""

import subprocess
import sys
from pathlib import Path

import pytest

from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.layout import Layout
from clickstream.errors import FaultNotSurvived
from clickstream.pipeline.broker_access import JvmParts
from clickstream.runtime.java.find import JavaHome
from clickstream.testing import ManualClock
from clickstream.torture.arena import Arena, FaultMissed
from clickstream.torture.children import Child
from clickstream.torture.open_batches import OpenBatches, unread
from clickstream.torture.run_files import files_seen
from clickstream.torture.sent import Sent

QUERY = "events"
COMING_AND_GOING = """
import os, sys
os.chdir(sys.argv[1])
print(flush=True)
while True:
    for number in range(20):
        os.makedirs(f"goes-{number}/deep")
    for number in range(20):
        os.removedirs(f"goes-{number}/deep")
"""


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(output=tmp_path / "output", checkpoint=tmp_path / "checkpoint")


def child(folder: Path, said: str = "", exit_code: int = 0) -> Child:
    """A command that has ended."""
    log = folder / f"{len(list(folder.glob('*.log'))):05d}.log"
    log.write_text(said)
    process = subprocess.Popen([sys.executable, "-S", "-c", f"raise SystemExit({exit_code})"])
    process.wait()
    return Child("a command", log, process)


def computed(batch_id: int, *, replayed: bool) -> str:
    return (
        "timestamp=2026-01-01T00:00:00Z level=info event=batch_landed"
        f" query={QUERY} batch_id={batch_id} offsets_in=400 replayed={str(replayed).lower()}"
        " rows_events_raw=1\n"
    )


def log(layout: Layout, offsets: int, commits: int) -> None:
    """Spark's log: batches begun, and batches committed."""
    for name, batches in (("offsets", offsets), ("commits", commits)):
        folder = layout.query_checkpoint(QUERY) / name
        folder.mkdir(parents=True, exist_ok=True)
        for batch_id in range(batches):
            (folder / str(batch_id)).touch()


def declare(layout: Layout, batch_id: int, ends: dict[int, int]) -> None:
    record = BatchRecord(
        run_id="run",
        query=QUERY,
        query_id="id",
        batch_id=batch_id,
        topic="events",
        offsets={partition: (0, end) for partition, end in ends.items()},
        watermark_ms=0,
        previous_watermark_ms=0,
        tables={},
    )
    path = layout.record_path(QUERY, batch_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(record.to_json())


@pytest.mark.parametrize("had_landed", [False, True])
def test_a_batch_that_was_cut_off_is_computed_again_and_lands_once(layout, tmp_path, had_landed):
    batches = OpenBatches(layout)
    log(layout, offsets=3, commits=2)
    if had_landed:
        declare(layout, 2, {0: 5})
    batches.after(child(tmp_path, exit_code=9))
    assert batches.of(QUERY) == {(QUERY, 2): had_landed}
    assert str(batches) == "batch 2 of events"

    log(layout, offsets=3, commits=3)
    batches.after(child(tmp_path, computed(2, replayed=had_landed)))
    assert not batches


@pytest.mark.parametrize(("had_landed", "what"), [(True, "landed again"), (False, "left so")])
def test_a_batch_landed_twice_or_passed_over_is_not_survived(layout, tmp_path, had_landed, what):
    batches = OpenBatches(layout)
    log(layout, offsets=3, commits=2)
    if had_landed:
        declare(layout, 2, {0: 5})
    batches.after(child(tmp_path))
    with pytest.raises(FaultNotSurvived, match=what):
        batches.after(child(tmp_path, computed(2, replayed=not had_landed)))


def test_a_job_that_was_killed_after_it_had_said_so_leaves_its_batch_open_all_the_same(layout, tmp_path):
    batches = OpenBatches(layout)
    log(layout, offsets=1, commits=0)
    declare(layout, 0, {0: 5})
    killed = child(tmp_path, computed(0, replayed=False), exit_code=9)
    for _ in range(2):  # a job is heard once
        batches.after(killed)
    assert batches.of(QUERY) == {(QUERY, 0): True}


def test_a_partition_that_nobody_has_read_is_seen(layout):
    declare(layout, 0, {0: 5})
    assert unread(layout, {0: 5}, [QUERY]) == []
    for ends in ({0: 6}, {0: 5, 1: 1}):
        assert QUERY in unread(layout, ends, [QUERY])[0]


def test_the_topic_must_have_every_acknowledged_record_once(tmp_path):
    sent = Sent()
    assert sent.all_of(child(tmp_path, "produced 1,000 · acknowledged 1,000 · failed 0")) == 1_000
    sent.hold_to(1_000)
    for in_topic in (999, 1_001):
        with pytest.raises(FaultNotSurvived, match="1,000 records were acknowledged"):
            sent.hold_to(in_topic)


def test_of_records_that_were_given_up_the_topic_may_have_some(tmp_path):
    sent = Sent()
    assert sent.some_of(child(tmp_path, "produced 10 · acknowledged 6 · failed 4: no answer")) == 4
    for in_topic in (5, 11):
        with pytest.raises(FaultNotSurvived, match="4 given up"):
            sent.hold_to(in_topic)
    sent.hold_to(8)
    with pytest.raises(FaultNotSurvived):  # by now it is known how many came through
        sent.hold_to(9)


@pytest.mark.parametrize(
    "said", ["", "produced 10 · acknowledged 9 · failed 1", "produced 0 · acknowledged 0 · failed 0"]
)
def test_a_producer_that_ended_well_has_had_every_record_acknowledged(tmp_path, said):
    with pytest.raises(FaultNotSurvived):
        Sent().all_of(child(tmp_path, said))


def test_a_command_that_ended_before_the_fault_hit_is_a_miss_and_one_that_failed_is_not_survived(tmp_path):
    arena = Arena(tmp_path, JvmParts(JavaHome(tmp_path, 17), ()), ManualClock())
    with pytest.raises(FaultMissed, match="before it ran"):
        arena.wait_until(lambda: False, "it ran", child(tmp_path))
    with pytest.raises(FaultNotSurvived, match="exit code 4"):
        arena.wait_until(lambda: False, "it ran", child(tmp_path, exit_code=4))


def test_words_and_tracebacks_are_looked_for(tmp_path):
    command = child(tmp_path, "error: Port 9092 is held\nby java\n", exit_code=3)
    command.expect_exit(3)
    command.expect_words("held by java")
    with pytest.raises(FaultNotSurvived, match="Port 9093"):
        command.expect_words("Port 9093")
    with pytest.raises(FaultNotSurvived, match="expected was 0"):
        command.expect_exit(0)
    with pytest.raises(FaultNotSurvived):
        child(tmp_path, "Traceback (most recent call last):\n").expect_exit(0)


def test_files_are_seen_while_folders_come_and_go(tmp_path: Path) -> None:
    (tmp_path / "stays").mkdir()
    (tmp_path / "stays" / "row.csv").touch()
    with subprocess.Popen(
        [sys.executable, "-S", "-c", COMING_AND_GOING, str(tmp_path)], stdout=subprocess.PIPE
    ) as coming:
        assert coming.stdout is not None
        coming.stdout.readline()  # it has begun
        seen = [files_seen(tmp_path, "**/row.csv") for _ in range(300)]
        coming.kill()
    assert all(tmp_path / "stays" / "row.csv" in each for each in seen)
