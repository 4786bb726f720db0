"""Crashes, stops and starts: one job at a time, nothing left behind, nothing replayed, nothing lost."""

import signal
from contextlib import suppress

import psutil
import pytest

from clickstream.contract.definition.tables import QUERIES

EVENTS = 12_000
PATIENCE_S = 300
"""Several JVMs in a row, on a machine that has other things to do."""
SIMULATED = {
    "START_TIME": "2026-03-01T00:00:00+00:00",
    "MSGS_PER_SEC": "40",
    "MALFORMED_RATE": "0.01",
    "MAX_OFFSETS_PER_TRIGGER": "500",
    "TRIGGER_INTERVAL": "1 second",
}


def said(ended) -> str:
    return " ".join((ended.stdout + ended.stderr).split())


def child_of(process, holds):
    for child in psutil.Process(process.pid).children(recursive=True):
        with suppress(psutil.Error):  # it may end while it is looked at
            if holds(child):
                return child
    return None


def jvm_of(process):
    return child_of(process, lambda child: child.name() == "java")


def tether_of(process):
    return child_of(process, lambda child: "clickstream.runtime.processes.tether" in child.cmdline())


def numbers(log):
    return {path.name for path in log.glob("[0-9]*")}


@pytest.fixture
def produced(kit, bootstrap_servers, topic):
    """A project before a topic full of events."""
    kit.settings |= SIMULATED | {"KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers, "KAFKA_TOPIC": topic}
    kit.done("produce", "--count", str(EVENTS))


@pytest.fixture
def running(kit, produced):
    """A job in the middle of it."""
    job = kit.start("stream")
    kit.wait_until(
        lambda: len(kit.records()) >= 5 and tether_of(job), "batches landed", deadline_s=PATIENCE_S
    )
    return job


def test_a_job_recovers_from_a_killed_jvm_then_stops_in_order_and_the_next_start_replays_nothing(
    kit, produced
):
    job = kit.start("stream", "--recover")
    kit.wait_until(lambda: len(kit.records()) >= 5 and jvm_of(job), "batches landed", deadline_s=PATIENCE_S)
    jvm_of(job).kill()
    kit.wait_until(
        lambda: "start again where it was" in kit.log(), "the crash was reported", deadline_s=PATIENCE_S
    )
    landed = len(kit.records())
    kit.wait_until(
        lambda: len(kit.records()) >= landed + 4, "the next JVM's batches landed", deadline_s=PATIENCE_S
    )
    stops_in_order(kit, job)
    until_the_restart = len(kit.log())
    goes_on_without_a_replay(kit, until_the_restart)


def stops_in_order(kit, job, asked=signal.SIGTERM):
    """The job ends well, and every batch that it began is committed."""
    job.send_signal(asked)
    assert job.wait(90) == 0, kit.log()
    checkpoints = kit.folder / "data/checkpoints/default"
    for query in QUERIES:
        assert numbers(checkpoints / query / "offsets") == numbers(checkpoints / query / "commits"), query


def goes_on_without_a_replay(kit, log_before):
    """Another job lands further batches, and none that had landed before."""
    landed = len(kit.records())
    again = kit.start("stream")
    kit.wait_until(
        lambda: len(kit.records()) >= landed + 4, "the next start's batches landed", deadline_s=PATIENCE_S
    )
    again.terminate()
    assert again.wait(90) == 0, kit.log()
    said_since = kit.log()[log_before:]
    assert "replayed=false" in said_since
    assert "replayed=true" not in said_since
    assert "Traceback" not in kit.log()
    assert kit.verdict()[0] == 0
    assert kit.processes() == []


@pytest.mark.thorough
def test_a_jvm_that_outlives_its_killed_python_keeps_other_jobs_out_until_it_ends(kit, running):
    jvm, tether = jvm_of(running), tether_of(running)
    # Without its tether and held still: the JVM that nothing ends.
    tether.kill()
    jvm.suspend()
    running.kill()
    running.wait(10)
    second = kit.run("stream", "--available-now")
    assert second.returncode == 3
    assert f"Its pid is {jvm.pid}" in said(second)
    jvm.resume()
    jvm.wait(60)
    kit.done("stream", "--available-now")
    assert kit.verdict()[0] == 0


@pytest.mark.thorough
def test_a_killed_python_leaves_no_jvm_behind_even_one_that_is_held_still(kit, running):
    jvm = jvm_of(running)
    jvm.suspend()
    running.kill()
    running.wait(10)
    # It is waited for: a supervisor may start the next job at once.
    kit.done("stream", "--available-now")
    assert not jvm.is_running()
    assert kit.processes() == []
    assert kit.verdict()[0] == 0


@pytest.mark.thorough
def test_a_python_that_outlives_its_killed_jvm_keeps_other_jobs_out_until_it_ends(kit, running):
    jvm = jvm_of(running)
    running.send_signal(signal.SIGSTOP)
    jvm.kill()
    second = kit.run("stream", "--available-now")
    assert second.returncode == 3
    assert "Another job runs on the checkpoint" in said(second)
    running.send_signal(signal.SIGCONT)
    assert running.wait(60) == 4, kit.log()
    assert kit.processes() == []


@pytest.mark.thorough
@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_after_a_stop_in_order_the_next_start_replays_nothing(kit, running, asked):
    stops_in_order(kit, running, asked)
    goes_on_without_a_replay(kit, 0)


@pytest.mark.thorough
def test_with_recover_a_job_survives_its_jvm_and_says_what_happened(kit, produced):
    job = kit.start("stream", "--recover")
    for killed in (1, 2):
        landed = len(kit.records())
        kit.wait_until(
            lambda wanted=landed + 4: len(kit.records()) >= wanted,
            "more batches landed",
            deadline_s=PATIENCE_S,
        )
        jvm_of(job).kill()
        kit.wait_until(
            lambda told=killed: kit.log().count("start again where it was") == told,
            "the crash was told",
            deadline_s=PATIENCE_S,
        )
    landed = len(kit.records())
    kit.wait_until(
        lambda: len(kit.records()) >= landed + 4, "the third JVM's batches landed", deadline_s=PATIENCE_S
    )
    job.terminate()
    assert job.wait(90) == 0, kit.log()
    assert kit.log().count("error:") == 2
    assert "Traceback" not in kit.log()
    assert kit.verdict()[0] == 0
    assert kit.processes() == []


@pytest.mark.thorough
def test_with_recover_a_job_survives_its_broker_too_and_finds_it_where_it_is_by_then(kit, start_broker):
    kit.settings |= SIMULATED
    with start_broker(kit.folder / ".clickstream"):
        kit.done("produce", "--count", str(EVENTS // 2))
        job = kit.start("stream", "--recover")
        kit.wait_until(lambda: len(kit.records()) >= 5, "batches landed", deadline_s=PATIENCE_S)
    # Spark waits for a broker for minutes before it gives up; the JVM's death brings that forward.
    jvm_of(job).kill()
    kit.wait_until(
        lambda: "No broker runs here" in kit.log(),
        "an attempt without broker was told",
        deadline_s=PATIENCE_S,
    )
    landed = len(kit.records())
    with start_broker(kit.folder / ".clickstream"):
        kit.wait_until(
            lambda: len(kit.records()) >= landed + 4,
            "batches landed from the broker that is back",
            deadline_s=PATIENCE_S,
        )
        job.terminate()
        assert job.wait(90) == 0, kit.log()
        assert kit.verdict()[0] == 0


@pytest.mark.thorough
def test_a_jvm_that_dies_while_it_comes_up_is_told_in_words(kit, bootstrap_servers, topic):
    kit.settings |= {"KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers, "KAFKA_TOPIC": topic}
    job = kit.start("stream")

    def has_answered() -> psutil.Process | None:
        """The JVM once it listens to Python and, for Spark, to executors: in the middle of its start."""
        jvm = jvm_of(job)
        with suppress(psutil.Error):
            listening = [each for each in jvm.net_connections() if each.status == psutil.CONN_LISTEN]
            return jvm if len(listening) > 1 else None

    kit.wait_until(lambda: jvm_of(job), "the JVM is there")
    kit.wait_until(has_answered, "the JVM is half up").kill()
    assert job.wait(60) == 3, kit.log()
    assert "The job's JVM did not start: it ended while it started" in " ".join(kit.log().split())
    assert "Traceback" not in kit.log()
    assert kit.processes() == []


@pytest.mark.thorough
def test_a_crash_that_comes_back_each_time_ends_with_its_cause(kit, produced):
    job = kit.start("stream", "--recover", "--attempts", "1")
    for _attempt in range(2):
        kit.wait_until(lambda: tether_of(job), "the JVM is up", deadline_s=PATIENCE_S)
        jvm_of(job).kill()
        kit.wait_until(
            lambda: job.poll() is not None or not tether_of(job),
            "the crash was noticed",
            deadline_s=PATIENCE_S,
        )
    assert job.wait(60) == 4, kit.log()
    assert "started again 1 times and died each time" in kit.log()
    assert kit.processes() == []
