"""Where the job may run with these paths, and how it gets in."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from clickstream.contract.part_names import SPARK_MASTER
from clickstream.errors import PartDidNotStart, UsageError
from clickstream.pipeline.start.spark_access import cluster_access, spark_properties
from clickstream.runtime.processes.started import StartedProcess
from clickstream.runtime.spark_cluster.cluster import properties_of
from clickstream.settings import Settings, load

ELSEWHERE = [
    "spark://10.0.0.1:7077",
    "spark://127.0.0.1:7077,10.0.0.1:7077",
    "k8s://https://10.0.0.1",
    "yarn",
]


@pytest.fixture
def master() -> Iterator[str]:
    """Something that listens where a master would."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"spark://127.0.0.1:{listener.getsockname()[1]}"


def settings(folder: Path, **given: object) -> Settings:
    return load({"STATE_PATH": folder / "state", **given}, dotenv=folder / "none")[0]


def test_a_job_in_one_jvm_needs_no_cluster(tmp_path: Path) -> None:
    assert cluster_access(settings(tmp_path)) is None


@pytest.mark.parametrize("url", ELSEWHERE)
def test_executors_elsewhere_are_refused_without_shared_storage(url: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        cluster_access(settings(tmp_path, SPARK_MASTER_URL=url))
    assert (
        "OUTPUT_PATH and CHECKPOINT_PATH must be on storage that driver and executors share"
        in refused.value.sentence
    )
    assert "SHARED_STORAGE=true" in refused.value.next_step


@pytest.mark.acts("SHARED_STORAGE", "SPARK_WORKERS", "SPARK_WORKER_CORES", "SPARK_WORKER_MEMORY")
def test_executors_elsewhere_are_taken_when_storage_is_said_to_be_shared(tmp_path: Path) -> None:
    access = cluster_access(
        settings(
            tmp_path,
            SPARK_MASTER_URL="yarn",
            SHARED_STORAGE="true",
            SPARK_WORKERS=3,
            SPARK_WORKER_CORES=5,
            SPARK_WORKER_MEMORY="2g",
        )
    )
    assert access is not None
    assert not access.on_this_machine
    assert (access.executors, access.executor_cores, access.executor_memory) == (3, 5, "2g")


def test_a_cluster_on_this_machine_shares_its_folders(master: str, tmp_path: Path) -> None:
    access = cluster_access(settings(tmp_path, SPARK_MASTER_URL=master))
    assert access is not None
    assert access.on_this_machine


def test_the_cluster_that_runs_here_is_entered_by_its_secret(master: str, tmp_path: Path) -> None:
    here = settings(tmp_path, SPARK_MASTER_URL=master)
    properties = properties_of(here.paths.state)
    properties.parent.mkdir(parents=True)
    properties.write_text("spark.authenticate true\n")
    running = StartedProcess(
        SPARK_MASTER, os.getpid(), psutil.Process().create_time(), ("java",), tmp_path / "log", master
    )
    running.save(here.paths.state)
    assert spark_properties(here) == (properties,)
    assert spark_properties(settings(tmp_path)) == ()


@pytest.mark.parametrize("place", ["local[*]", "yarn"])
@pytest.mark.acts("SPARK_PROPERTIES_FILE")
def test_further_properties_come_from_the_file_that_is_named(place: str, tmp_path: Path) -> None:
    file = tmp_path / "more.conf"
    here = settings(tmp_path, SPARK_MASTER_URL=place, SPARK_PROPERTIES_FILE=file)
    with pytest.raises(UsageError, match="cannot be read"):
        spark_properties(here)
    file.write_text("spark.kubernetes.container.image spark:4\n")
    assert spark_properties(here) == (file,)


def test_a_silent_master_is_named_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(PartDidNotStart, match=f"No Spark master answers at spark://127.0.0.1:{port}"):
        cluster_access(settings(tmp_path, SPARK_MASTER_URL=f"spark://127.0.0.1:{port}"))


def test_a_job_too_small_to_start_is_refused(tmp_path: Path) -> None:
    for memory in ("1m", "449m"):
        with pytest.raises(UsageError, match=f"SPARK_DRIVER_MEMORY={memory} is too little") as refused:
            cluster_access(settings(tmp_path, SPARK_DRIVER_MEMORY=memory))
        assert refused.value.next_step == "Set SPARK_DRIVER_MEMORY to 512m or more."
    assert cluster_access(settings(tmp_path, SPARK_DRIVER_MEMORY="450m")) is None


def test_an_executor_too_small_to_start_is_refused(master: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="SPARK_WORKER_MEMORY=449m is too little"):
        cluster_access(settings(tmp_path, SPARK_MASTER_URL=master, SPARK_WORKER_MEMORY="449m"))
    assert cluster_access(settings(tmp_path, SPARK_MASTER_URL=master, SPARK_WORKER_MEMORY="450m"))
