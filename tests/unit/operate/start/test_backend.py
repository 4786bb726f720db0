"""Which broker `up` takes: what is asked for, what is here, what the machine has, in this order."""

import os
import socket
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from clickstream.contract.part_names import EMBEDDED_KAFKA, REDPANDA
from clickstream.errors import DockerFailed, RunInProgress, SettingInvalid
from clickstream.operate.down import down
from clickstream.operate.start.attempt import StartAttempt
from clickstream.operate.start.backend import ChosenBackend, chosen_backend
from clickstream.operate.start.broker import ensured_broker, held_ports
from clickstream.pipeline.broker_access import running_broker
from clickstream.runtime.kafka.docker import EngineAnswer, StartedContainer
from clickstream.runtime.kafka.redpanda import project_of
from clickstream.runtime.machine.ports import keep_port
from clickstream.runtime.processes.started import StartedProcess, Stopped
from clickstream.settings import Settings, load
from clickstream.testing import ManualClock
from fake_docker import CONTAINER, FakeDocker

READY = EngineAnswer(True, "Docker engine 28.2.2 answers")
AWAY = EngineAnswer(False, "no `docker` command is on PATH")


def settings_in(folder: Path, **flags: object) -> Settings:
    paths = {"STATE_PATH": folder / "state", "OUTPUT_PATH": folder / "out", "CHECKPOINT_PATH": folder / "chk"}
    return load({**paths, **flags}, dotenv=folder / "none")[0]


def chosen(folder: Path, engine: EngineAnswer = READY, **flags: object) -> ChosenBackend:
    return chosen_backend(settings_in(folder, **flags), lambda: engine)


def embedded_runs(folder: Path) -> None:
    own = psutil.Process()
    record = StartedProcess(
        EMBEDDED_KAFKA, own.pid, own.create_time(), ("java",), folder / "log", "127.0.0.1:1"
    )
    record.save(folder / "state")


def redpanda_runs(folder: Path) -> None:
    StartedContainer(REDPANDA, "project", CONTAINER, "127.0.0.1:19092").save(folder / "state")


def keeps(folder: Path, backend: str) -> None:
    if backend == "embedded":
        (folder / "state" / "kafka" / "data").mkdir(parents=True)
    else:
        (folder / "state" / "redpanda").mkdir(parents=True)
        (folder / "state" / "redpanda" / "project").write_text(project_of(folder / "state"))


def test_auto_takes_redpanda_where_an_engine_answers_and_says_so(tmp_path: Path) -> None:
    assert chosen(tmp_path, READY) == ChosenBackend("redpanda", READY.reason)


def test_auto_takes_the_embedded_broker_where_none_answers_and_says_why(tmp_path: Path) -> None:
    assert chosen(tmp_path, AWAY) == ChosenBackend("embedded", AWAY.reason)


def test_a_given_address_comes_before_all(tmp_path: Path) -> None:
    embedded_runs(tmp_path)
    taken = chosen(tmp_path, READY, KAFKA_BOOTSTRAP_SERVERS="host:9092")
    assert taken == ChosenBackend("external", "KAFKA_BOOTSTRAP_SERVERS names it")


@pytest.mark.parametrize("backend", ["redpanda", "embedded"])
def test_a_given_address_and_a_broker_of_our_own_contradict_each_other(tmp_path: Path, backend: str) -> None:
    with pytest.raises(SettingInvalid, match=f"BROKER_BACKEND={backend}"):
        chosen(tmp_path, READY, KAFKA_BOOTSTRAP_SERVERS="host:9092", BROKER_BACKEND=backend)


@pytest.mark.acts("BROKER_BACKEND")
def test_what_is_asked_for_is_taken(tmp_path: Path) -> None:
    assert chosen(tmp_path, READY, BROKER_BACKEND="embedded").name == "embedded"
    assert chosen(tmp_path, READY, BROKER_BACKEND="redpanda").name == "redpanda"


def test_redpanda_without_an_engine_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(DockerFailed, match="no `docker` command is on PATH") as refused:
        chosen(tmp_path, AWAY, BROKER_BACKEND="redpanda")
    assert refused.value.next_step


def test_a_broker_that_runs_here_is_kept_also_when_an_engine_comes_up_later(tmp_path: Path) -> None:
    embedded_runs(tmp_path)
    assert chosen(tmp_path, READY) == ChosenBackend("embedded", "it runs here")


def test_another_one_than_that_which_runs_here_is_refused(tmp_path: Path) -> None:
    embedded_runs(tmp_path)
    with pytest.raises(RunInProgress, match="the embedded broker runs for"):
        chosen(tmp_path, READY, BROKER_BACKEND="redpanda")


@pytest.mark.parametrize(("kept", "engine"), [("embedded", READY), ("redpanda", READY), ("embedded", AWAY)])
def test_auto_stays_with_the_broker_that_has_this_folders_data(
    tmp_path: Path, kept: str, engine: EngineAnswer
) -> None:
    keeps(tmp_path, kept)
    assert chosen(tmp_path, engine).name == kept


def test_auto_does_not_change_the_broker_silently_where_the_engine_of_its_data_is_away(
    tmp_path: Path,
) -> None:
    keeps(tmp_path, "redpanda")
    with pytest.raises(DockerFailed, match="its data is kept for this folder"):
        chosen(tmp_path, AWAY)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def attempt(tmp_path: Path, said: list[str]) -> StartAttempt:
    flags = {"BROKER_BACKEND": "auto", "KAFKA_BOOTSTRAP_SERVERS": "host:9092"}
    return StartAttempt(settings_in(tmp_path, **flags), ManualClock(), said.append, lambda _done, _all: None)


def test_the_choice_and_its_reason_are_said(attempt: StartAttempt, said: list[str]) -> None:
    part = ensured_broker(attempt)
    assert said == ["broker: external, because KAFKA_BOOTSTRAP_SERVERS names it"]
    assert (part.address, part.started_now) == ("host:9092", False)


def test_a_redpanda_that_runs_here_is_found_by_the_other_commands(docker: FakeDocker, tmp_path: Path) -> None:
    redpanda_runs(tmp_path)
    assert running_broker(settings_in(tmp_path)).bootstrap_servers == "127.0.0.1:19092"
    said: list[str] = []
    nothing = StartAttempt(settings_in(tmp_path), ManualClock(), said.append, lambda _done, _all: None)
    assert not ensured_broker(nothing).started_now
    assert said == ["broker: redpanda, because it runs here"]


def test_a_broker_that_cannot_have_its_port_says_who_holds_it_and_where_it_is(
    docker: FakeDocker, tmp_path: Path
) -> None:
    said: list[str] = []
    keeps(tmp_path, "redpanda")
    starting = StartAttempt(settings_in(tmp_path), ManualClock(), said.append, lambda _done, _all: None)
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        keep_port(tmp_path / "state" / "redpanda", port)
        docker.answer("up", 1)
        with pytest.raises(DockerFailed):
            ensured_broker(starting)
        assert docker.calls()[0].variables["REDPANDA_PORT"] != str(port)
        assert held_ports(starting, "redpanda_port", "redpanda")[0].endswith(f"(pid {os.getpid()})")


def test_down_takes_away_the_container_of_this_folder(docker: FakeDocker, tmp_path: Path) -> None:
    redpanda_runs(tmp_path)
    stopped, _ = down(settings_in(tmp_path), volumes=False, on_stage=lambda _line: None)
    assert [(part.name, part.container, part.how) for part in stopped] == [
        (REDPANDA, CONTAINER, Stopped.TERMINATED)
    ]
    assert docker.verbs()[-1] == ("down", "--timeout", "30")
    assert docker.calls()[-1].option("--project-name") == project_of(tmp_path / "state")
    assert down(settings_in(tmp_path), volumes=False, on_stage=lambda _line: None) == ([], [])


def test_down_with_volumes_removes_a_volume_that_an_earlier_down_kept(
    docker: FakeDocker, tmp_path: Path
) -> None:
    keeps(tmp_path, "redpanda")
    down(settings_in(tmp_path), volumes=True, on_stage=lambda _line: None)
    assert docker.verbs() == [("down", "--timeout", "30", "--volumes")]


def test_down_asks_no_docker_where_no_container_was_started(docker: FakeDocker, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    down(settings_in(tmp_path), volumes=True, on_stage=lambda _line: None)
    assert docker.calls() == []


def test_down_says_so_where_the_engine_of_a_container_is_away(docker: FakeDocker, tmp_path: Path) -> None:
    redpanda_runs(tmp_path)
    docker.answer("down", 1, err="Cannot connect to the Docker daemon\n")
    with pytest.raises(DockerFailed, match="stopping Redpanda"):
        down(settings_in(tmp_path), volumes=False, on_stage=lambda _line: None)
    assert StartedContainer.load(REDPANDA, tmp_path / "state") is not None
