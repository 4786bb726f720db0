"""`up`, `down` and `restart` by the names of parts: what each acts on, what it needs, and what is refused."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from clickstream.contract.part_names import (
    BROKER,
    CLUSTER,
    EMBEDDED_KAFKA,
    PRODUCER,
    REDPANDA,
    SPARK_MASTER,
    SPARK_WORKERS,
    STREAM,
)
from clickstream.errors import CouldNotCheck, UsageError
from clickstream.operate.down import down
from clickstream.operate.parts.names import ALL, Parts, in_order, named_parts, with_needed
from clickstream.operate.start.attempt import StartAttempt
from clickstream.operate.start.producer_and_job import landed_or_waiting
from clickstream.operate.start.refusals import refuse_up
from clickstream.operate.start.restart import restart
from clickstream.operate.start.up import up
from clickstream.pipeline.heartbeat import Heartbeat, last_heartbeat
from clickstream.runtime.kafka.docker import StartedContainer
from clickstream.runtime.processes.record import record_path
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import Settings, load
from clickstream.testing import ManualClock
from fake_docker import CONTAINER, FakeDocker

Record = Callable[..., "subprocess.Popen[bytes]"]


def settings_in(folder: Path, **flags: object) -> Settings:
    own = {
        "STATE_PATH": folder / "state",
        "OUTPUT_PATH": folder / "output",
        "CHECKPOINT_PATH": folder / "checkpoints",
        "CACHE_PATH": folder / "cache",
        "BROKER_BACKEND": "auto",
    }
    return load({**own, **flags}, dotenv=folder / "none")[0]


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Record]:
    """Record a process of ours as a part of this name, with these arguments."""
    started = []

    def record(name: str, *arguments: str) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
        started.append(process)
        created_at = psutil.Process(process.pid).create_time()
        part = StartedProcess(
            name, process.pid, created_at, ("python", *arguments), tmp_path / "log", "127.0.0.1:1"
        )
        part.save(tmp_path / "state")
        return process

    yield record
    for process in started:
        process.kill()
        process.wait()


def downed(settings: Settings, *names: str) -> tuple[list[str], list[str]]:
    """The parts that `down` stopped, and what it said before."""
    said: list[str] = []
    stopped, _ = down(settings, volumes=False, on_stage=said.append, parts=named_parts(names))
    return [part.name for part in stopped], [line for line in said if not line.startswith("stop ")]


def upped(settings: Settings, *names: str, **options: object) -> tuple[list[str], list[str]]:
    """The parts that `up` returns, and what it said before."""
    said: list[str] = []
    attempt = StartAttempt(settings, ManualClock(), said.append, lambda _done, _total: None)
    parts = up(attempt, parts=named_parts(names), **options)  # type: ignore[arg-type]
    return [part.name for part in parts], said


def restarted(settings: Settings, name: str) -> None:
    restart(StartAttempt(settings, ManualClock(), lambda _line: None, lambda _done, _total: None), name)


def test_without_a_name_all_parts_are_meant_and_an_unknown_one_is_refused_with_the_list() -> None:
    assert named_parts(()) == ALL
    assert in_order(named_parts(["stream", "broker"])) == ["broker", "stream"]
    with pytest.raises(UsageError) as refused:
        named_parts(["broker", "kafka"])
    assert "'kafka'" in refused.value.sentence
    assert "broker, cluster, producer, stream" in refused.value.next_step
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("named", "cluster", "started"),
    [
        ({BROKER}, False, {BROKER}),
        ({PRODUCER}, False, {BROKER, PRODUCER}),
        ({STREAM}, False, {BROKER, STREAM}),
        ({STREAM}, True, {BROKER, CLUSTER, STREAM}),
        ({CLUSTER}, True, {CLUSTER}),
        ({BROKER}, True, {BROKER}),
        (ALL, False, {BROKER, PRODUCER, STREAM}),
    ],
)
def test_a_part_brings_what_it_needs(named: Parts, cluster: bool, started: set[str]) -> None:
    assert with_needed(frozenset(named), cluster=cluster) == started


def test_down_says_that_it_does_not_stop_a_broker_that_is_given(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, KAFKA_BOOTSTRAP_SERVERS="host:9092")
    settings.paths.state.mkdir()
    assert downed(settings, "broker") == (
        [],
        ["The broker at host:9092 is named by KAFKA_BOOTSTRAP_SERVERS: `down` does not stop it."],
    )


@pytest.mark.parametrize(
    ("names", "options", "named"),
    [
        (["broker", "stream"], {"producer_flags": {"--rate": "5"}}, "--rate is for the producer"),
        (["broker"], {"spark": "standalone"}, "--spark standalone is for the job"),
        (["cluster"], {"spark": "local"}, "--spark local starts no cluster"),
    ],
)
def test_a_flag_for_a_part_that_is_not_named_is_refused(
    tmp_path: Path, names: list[str], options: dict[str, object], named: str
) -> None:
    with pytest.raises(UsageError, match=named):
        upped(settings_in(tmp_path), *names, **options)
    assert list(tmp_path.iterdir()) == []


def test_a_part_that_is_not_named_is_not_checked(tmp_path: Path, runs: Record) -> None:
    settings = settings_in(
        tmp_path, START_TIME="9999-12-31T00:00:00Z", SPARK_PROPERTIES_FILE="/nowhere/x.conf"
    )
    runs(EMBEDDED_KAFKA)
    attempt = StartAttempt(settings, ManualClock(), lambda _line: None, lambda _done, _total: None)
    refuse_up(attempt, "embedded", "local", frozenset({BROKER}))
    for part in (PRODUCER, STREAM):
        with pytest.raises(UsageError):
            refuse_up(attempt, "embedded", "local", frozenset({BROKER, part}))


def test_down_stops_exactly_the_named_part(tmp_path: Path, runs: Record) -> None:
    producer, stream = runs(PRODUCER), runs(STREAM)
    assert downed(settings_in(tmp_path), "producer") == (["producer"], [])
    assert producer.wait(20) is not None
    assert stream.poll() is None


def test_down_broker_warns_that_others_will_miss_it(tmp_path: Path, runs: Record) -> None:
    for name in (EMBEDDED_KAFKA, PRODUCER, STREAM):
        runs(name)
    stopped, said = downed(settings_in(tmp_path), "broker")
    assert stopped == [EMBEDDED_KAFKA]
    assert said[0].startswith("producer and stream will run without a broker")
    assert "`clickstream up broker`" in said[0]


def test_down_cluster_stops_workers_before_their_master_and_warns_of_the_job(
    tmp_path: Path, runs: Record
) -> None:
    for name in (SPARK_MASTER, SPARK_WORKERS[0]):
        runs(name)
    runs(STREAM, "--master", "spark://127.0.0.1:1")
    stopped, said = downed(settings_in(tmp_path), "cluster")
    assert stopped == [SPARK_WORKERS[0], SPARK_MASTER]
    assert "`clickstream up cluster stream`" in said[0]


def test_a_broker_in_a_container_is_stopped_by_the_same_name(docker: FakeDocker, tmp_path: Path) -> None:
    StartedContainer(REDPANDA, "p", CONTAINER, "127.0.0.1:9").save(tmp_path / "state")
    assert downed(settings_in(tmp_path), "broker")[0] == [REDPANDA]


def test_volumes_of_some_parts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--volumes removes the data of all parts"):
        down(settings_in(tmp_path), volumes=True, on_stage=lambda _line: None, parts=frozenset({BROKER}))


def test_restart_knows_the_broker_by_its_part_and_refuses_the_cluster(
    docker: FakeDocker, tmp_path: Path, runs: Record
) -> None:
    settings = settings_in(tmp_path)
    with pytest.raises(CouldNotCheck):
        restarted(settings, "broker")
    StartedContainer(REDPANDA, "p", CONTAINER, "127.0.0.1:9").save(tmp_path / "state")
    with pytest.raises(UsageError, match="runs in a container") as refused:
        restarted(settings, "broker")
    assert refused.value.next_step.startswith("docker restart")
    record_path(REDPANDA, tmp_path / "state").unlink()
    runs(EMBEDDED_KAFKA)
    with pytest.raises(UsageError) as refused:
        restarted(settings, "kafka")
    assert refused.value.next_step == "There are: broker."
    with pytest.raises(UsageError, match="stream was not started here") as refused:
        restarted(settings, "stream")
    assert "`clickstream up stream`" in refused.value.next_step
    with pytest.raises(UsageError, match="cluster cannot be restarted") as refused:
        restarted(settings, "cluster")
    assert "clickstream up cluster stream" in refused.value.next_step


def test_a_job_without_records_to_read_answers_once_its_queries_wait(tmp_path: Path, own_pid: int) -> None:
    assert landed_or_waiting(last_heartbeat(tmp_path, STREAM, own_pid)) == ""
    Heartbeat(tmp_path, STREAM, ManualClock()).waiting()
    said = last_heartbeat(tmp_path, STREAM, own_pid)
    assert landed_or_waiting(said) == "every query runs and waits for records"
