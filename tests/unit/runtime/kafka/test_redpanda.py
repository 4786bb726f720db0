"""Redpanda is started, found and taken away by compose, for one state folder and no other."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from clickstream.contract.part_names import REDPANDA
from clickstream.errors import BrokerUnavailable, DockerFailed, PartDidNotStart, PortInUse
from clickstream.runtime.kafka.docker import StartedContainer
from clickstream.runtime.kafka.redpanda import COMPOSE_FILE, Redpanda, keeps_volume, project_of
from clickstream.runtime.machine.ports import free_port
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import BrokerSettings
from clickstream.testing import ManualClock
from fake_docker import CONTAINER, FakeDocker


def answers(_address: str) -> None:
    """A probe that gets its answer."""


def silent(address: str) -> None:
    raise BrokerUnavailable(f"nobody at {address}")


def redpanda(
    state: Path, *, port: int = 0, probe: Callable[[str], None] = answers, **topic: object
) -> Redpanda:
    broker = BrokerSettings(**topic)  # type: ignore[arg-type]
    return Redpanda(state=state, broker=broker, port=port, probe=probe, clock=ManualClock())


def test_it_waits_for_health_creates_the_topic_and_writes_the_container_down(
    docker: FakeDocker, tmp_path: Path
) -> None:
    port = free_port()
    started = redpanda(tmp_path, port=port).start()
    assert docker.verbs() == [
        ("up", "--detach", "--wait", "--wait-timeout", "120", "redpanda"),
        ("run", "--rm", "-T", "topic"),
        ("ps", "--quiet", "redpanda"),
    ]
    assert started.address == f"127.0.0.1:{port}"
    assert StartedContainer.load(REDPANDA, tmp_path) == started


def test_every_call_names_our_file_and_our_project_and_reads_no_env_file_of_others(
    docker: FakeDocker, tmp_path: Path
) -> None:
    broker = redpanda(tmp_path)
    broker.start()
    broker.stop(volumes=True)
    for call in docker.calls():
        assert call.option("--file") == str(COMPOSE_FILE)
        assert call.option("--project-name") == project_of(tmp_path)
        assert call.option("--env-file") == "/dev/null"
        assert call.variables["COMPOSE_PROFILES"] == ""
    assert COMPOSE_FILE.is_file()


@pytest.mark.acts("KAFKA_TOPIC", "KAFKA_PARTITIONS")
def test_the_settings_reach_compose(docker: FakeDocker, tmp_path: Path) -> None:
    port = free_port()
    redpanda(tmp_path, port=port, KAFKA_TOPIC="clicks", KAFKA_PARTITIONS=6).start()
    assert docker.calls()[0].variables == {
        "REDPANDA_PORT": str(port),
        "KAFKA_TOPIC": "clicks",
        "KAFKA_PARTITIONS": "6",
        "KAFKA_REPLICATION_FACTOR": "1",
        "COMPOSE_PROFILES": "",
    }


def test_port_0_takes_a_free_one_and_says_which(docker: FakeDocker, tmp_path: Path) -> None:
    started = redpanda(tmp_path, port=0).start()
    assert started.address == f"127.0.0.1:{docker.calls()[0].variables['REDPANDA_PORT']}"
    assert not started.address.endswith(":0")


def test_a_port_that_is_held_is_refused_before_docker_is_asked(docker: FakeDocker, tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as held,
        pytest.raises(PortInUse, match="wanted for Redpanda"),
    ):
        redpanda(tmp_path, port=held.getsockname()[1]).start()
    assert docker.calls() == []


def test_where_compose_fails_the_container_is_taken_away_and_its_log_shown(
    docker: FakeDocker, tmp_path: Path
) -> None:
    docker.answer("up", 1, err="container redpanda is unhealthy\n")
    docker.answer("logs", out="ERROR no space left\n")
    with pytest.raises(DockerFailed) as failed:
        redpanda(tmp_path).start()
    assert failed.value.details == ("container redpanda is unhealthy", "ERROR no space left")
    assert docker.verbs()[-1] == ("down", "--timeout", "30")
    assert StartedContainer.load(REDPANDA, tmp_path) is None


def test_a_healthy_container_that_nobody_reaches_is_an_error_and_is_taken_away(
    docker: FakeDocker, tmp_path: Path
) -> None:
    with pytest.raises(PartDidNotStart, match=r"healthy, but 127\.0\.0\.1:"):
        redpanda(tmp_path, probe=silent).start()
    assert docker.verbs()[-1][0] == "down"
    assert StartedContainer.load(REDPANDA, tmp_path) is None


def test_stopping_keeps_the_volume_and_with_volumes_removes_it(docker: FakeDocker, tmp_path: Path) -> None:
    broker = redpanda(tmp_path)
    broker.start()
    broker.stop()
    assert docker.verbs()[-1] == ("down", "--timeout", "30")
    assert StartedContainer.load(REDPANDA, tmp_path) is None
    assert keeps_volume(tmp_path)
    broker.stop(volumes=True)
    assert docker.verbs()[-1] == ("down", "--timeout", "30", "--volumes")
    assert not keeps_volume(tmp_path)


def test_two_folders_have_two_projects_whatever_they_are_called(tmp_path: Path) -> None:
    one, other = tmp_path / "a b" / ".clickstream", tmp_path / "a-b" / ".clickstream"
    assert project_of(one) != project_of(other)
    for folder in (one, other, tmp_path / "ÜÖ" / "x", tmp_path / ("long" * 40) / "x"):
        # What compose takes as a project's name.
        assert project_of(folder).strip("abcdefghijklmnopqrstuvwxyz0123456789-") == ""
        assert project_of(folder).startswith("clickstream-")


def test_a_copied_folder_does_not_claim_the_volume_of_the_first(docker: FakeDocker, tmp_path: Path) -> None:
    redpanda(tmp_path / "first").start()
    (tmp_path / "first").rename(tmp_path / "copy")
    assert not keeps_volume(tmp_path / "copy")


def test_a_container_runs_when_the_engine_says_so_of_that_very_one(
    docker: FakeDocker, tmp_path: Path
) -> None:
    started = redpanda(tmp_path).start()
    assert started.is_running()
    assert docker.verbs()[-1] == ("inspect", "--format", "{{.State.Running}}", CONTAINER)
    docker.answer("inspect", out="false\n")
    assert not started.is_running()
    docker.answer("inspect", 1, err="Error: No such object\n")
    assert not started.is_running()


def test_the_record_of_a_container_is_none_of_a_process(docker: FakeDocker, tmp_path: Path) -> None:
    redpanda(tmp_path).start()
    assert StartedProcess.load_all(tmp_path) == []
    assert StartedProcess.load(REDPANDA, tmp_path) is None
    (tmp_path / "run" / "redpanda.json").write_text("torn {")
    assert StartedContainer.load(REDPANDA, tmp_path) is None
