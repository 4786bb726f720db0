"""Which place `up` gives the job, and that a job which runs elsewhere is not passed over."""

import os
from pathlib import Path

import psutil
import pytest

from clickstream.clock import SystemClock
from clickstream.contract.part_names import EMBEDDED_KAFKA, SPARK_MASTER, SPARK_WORKERS, STREAM
from clickstream.contract.progress import RunningPart
from clickstream.errors import RunInProgress, UsageError
from clickstream.operate.parts.names import STOP_ORDER
from clickstream.operate.start.attempt import StartAttempt
from clickstream.operate.start.cluster import (
    ensured_cluster,
    job_flags,
    refuse_job_elsewhere,
    wanted_place,
)
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import Settings, load

MASTER = "spark://127.0.0.1:7077"


def settings(folder: Path, **given: object) -> Settings:
    return load({"STATE_PATH": folder / "state", **given}, dotenv=folder / "none")[0]


def runs(name: str, here: Settings, *command: str) -> None:
    """Write this test's own process down as a part."""
    part = StartedProcess(
        name, os.getpid(), psutil.Process().create_time(), command, here.paths.state / "log", MASTER
    )
    part.save(here.paths.state)


def attempt(here: Settings) -> StartAttempt:
    return StartAttempt(here, SystemClock(), lambda _line: None, lambda _done, _total: None)


def test_the_job_runs_in_one_jvm_unless_a_cluster_is_asked_for(tmp_path: Path) -> None:
    assert wanted_place(None, settings(tmp_path)) == "local"
    assert wanted_place("standalone", settings(tmp_path)) == "standalone"


def test_a_cluster_that_runs_here_is_used_again(tmp_path: Path) -> None:
    here = settings(tmp_path)
    runs(SPARK_MASTER, here, "java")
    assert wanted_place(None, here) == "standalone"
    assert wanted_place("local", here) == "local"


def test_a_master_of_ones_own_is_not_set_aside_for_a_cluster(tmp_path: Path) -> None:
    here = settings(tmp_path, SPARK_MASTER_URL="local[1]")
    assert wanted_place(None, here) == "local"
    with pytest.raises(UsageError, match=r"SPARK_MASTER_URL=local\[1\]"):
        wanted_place("standalone", here)


def test_an_unknown_place_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        wanted_place("mesos", settings(tmp_path))
    assert refused.value.next_step == "Use local or standalone."


@pytest.mark.parametrize(
    ("command", "place"), [(("stream",), "standalone"), (("stream", "--master", MASTER), "local")]
)
def test_a_job_that_runs_elsewhere_is_not_passed_over(
    command: tuple[str, ...], place: str, tmp_path: Path
) -> None:
    here = settings(tmp_path)
    runs(STREAM, here, *command)
    with pytest.raises(RunInProgress, match="The job runs already"):
        refuse_job_elsewhere(here, place)  # type: ignore[arg-type]


def test_without_a_cluster_nothing_is_started_and_nothing_is_said_to_the_job(tmp_path: Path) -> None:
    assert ensured_cluster(attempt(settings(tmp_path)), "local") == []
    assert job_flags([]) == {}


def test_the_job_is_told_the_clusters_master(tmp_path: Path) -> None:
    master = RunningPart(SPARK_MASTER, MASTER, 1, tmp_path, "", True)
    worker = RunningPart(SPARK_WORKERS[0], f"→ {MASTER}", 2, tmp_path, "", True)
    assert job_flags([master, worker]) == {"--master": MASTER}


def test_down_stops_the_job_before_its_workers_and_these_before_their_master() -> None:
    order = [STOP_ORDER.index(name) for name in (STREAM, *SPARK_WORKERS, SPARK_MASTER, EMBEDDED_KAFKA)]
    assert order == sorted(order)
