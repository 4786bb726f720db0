"""The doctor looks at everything, ends with 3 where something must be fixed, and changes nothing."""

import os
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from clickstream.contract.diagnosis import Diagnosis, Health
from clickstream.errors import PortInUse
from clickstream.operate.doctor.diagnoses import diagnoses, exit_code_of
from clickstream.operate.doctor.ports_and_records import living_pids, record_checks, usable_port
from clickstream.runtime.kafka.docker import StartedContainer
from clickstream.runtime.machine.ports import PortOwner
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import Settings, load
from clickstream.testing import ManualClock
from fake_docker import CONTAINER, FakeDocker
from unit.operate.begun_run import begin_run


def settings_of(folder: Path, **flags: object) -> Settings:
    own = {
        "STATE_PATH": folder / "state",
        "OUTPUT_PATH": folder / "out",
        "CHECKPOINT_PATH": folder / "chk",
        "CACHE_PATH": folder / "cache",
        "BROKER_BACKEND": "auto",
    }
    return load({**own, **flags}, dotenv=folder / "none")[0]


def examined(folder: Path, **flags: object) -> dict[str, list[Diagnosis]]:
    by_subject: dict[str, list[Diagnosis]] = {}
    for found in diagnoses(settings_of(folder, **flags), ManualClock()):
        by_subject.setdefault(found.subject, []).append(found)
    return by_subject


def part(name: str, state: Path, *, created_at: float | None = None) -> None:
    own = psutil.Process()
    started = own.create_time() if created_at is None else created_at
    StartedProcess(name, own.pid, started, ("x",), state / "log", "127.0.0.1:1").save(state)


def test_every_subject_is_looked_at_and_nothing_is_left_behind(docker: FakeDocker, tmp_path: Path) -> None:
    found = examined(tmp_path)
    assert set(found) >= {
        "Python",
        "Java",
        "PySpark",
        "jars",
        "Docker",
        "broker",
        "memory",
        "folders",
        "ports",
        "pid files",
        "Spark's resources",
        "generator",
        "job",
        "run",
        "landed output",
        "landed files",
    }
    assert {path.name for path in tmp_path.iterdir()} == {"docker-bin"}


def test_an_engine_that_answers_is_told_and_decides_the_broker(docker: FakeDocker, tmp_path: Path) -> None:
    found = examined(tmp_path)
    assert found["Docker"][0].sentence == "Docker engine 28.2.2 answers."
    assert "uses the redpanda broker" in found["broker"][0].sentence


def test_no_engine_is_well_unless_redpanda_is_asked_for(no_docker: None, tmp_path: Path) -> None:
    found = examined(tmp_path)
    assert found["Docker"][0].health is Health.OK
    assert "uses the embedded broker" in found["broker"][0].sentence
    refused = examined(tmp_path, BROKER_BACKEND="redpanda")["broker"][0]
    assert refused.health is Health.PROBLEM
    assert refused.fix


def test_warnings_are_exit_0_and_a_problem_is_exit_3() -> None:
    well, warning, problem = (Diagnosis("x", health, "sentence.") for health in Health)
    assert exit_code_of([well, warning]) == 0
    assert exit_code_of([well, problem, warning]) == 3


def test_a_record_of_what_runs_is_well(tmp_path: Path) -> None:
    part("producer", tmp_path)
    [check] = record_checks(tmp_path)
    found = check.diagnosis()
    assert found.health is Health.OK
    assert psutil.Process().pid in living_pids(tmp_path)


def test_the_command_for_a_torn_record_works_in_a_folder_with_a_blank(tmp_path: Path) -> None:
    torn = tmp_path / "my state" / "run" / "stream.json"
    torn.parent.mkdir(parents=True)
    torn.write_text("torn {")
    (check,) = record_checks(tmp_path / "my state")
    found = check.diagnosis()
    assert shlex.split(found.fix) == ["rm", str(torn)]


def test_a_stale_a_torn_and_a_containers_record_are_each_named(docker: FakeDocker, tmp_path: Path) -> None:
    part("producer", tmp_path, created_at=1.0)
    StartedContainer("redpanda", "p", CONTAINER, "127.0.0.1:9").save(tmp_path)
    docker.answer("inspect", out="false\n")
    (tmp_path / "run" / "stream.json").write_text("torn {")
    found = [check.diagnosis() for check in record_checks(tmp_path)]
    assert [each.health for each in found] == [Health.WARNING] * 3
    producer, redpanda, stream = found
    assert f"pid {psutil.Process().pid}" in producer.sentence
    assert CONTAINER in redpanda.sentence
    assert stream.fix == f"rm {tmp_path / 'run' / 'stream.json'}"
    assert living_pids(tmp_path) == frozenset()


def test_a_port_that_is_held_is_refused_with_its_holder() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(PortInUse, match=f"REDPANDA_PORT={port} is held by .*pid {os.getpid()}"):
            usable_port("REDPANDA_PORT", port, ours=frozenset(), needed=True)
    assert usable_port("REDPANDA_PORT", port, ours=frozenset(), needed=True).endswith("is free.")


def test_a_port_that_a_part_holds_or_nothing_needs_is_fine() -> None:
    def holder(_port: int) -> PortOwner:
        return PortOwner(7, "java")

    assert "for this kit" in usable_port("X", 9, ours=frozenset({7}), needed=True, owner_of=holder)
    assert "for this kit" in usable_port("X", 9, ours=None, needed=True, owner_of=holder)
    assert "nothing here needs it" in usable_port("X", 9, ours=frozenset(), needed=False, owner_of=holder)


def test_a_holder_that_is_not_known_has_no_pid_to_end() -> None:
    other = PortOwner(None, "a process of another user")
    with pytest.raises(PortInUse) as refused:
        usable_port("X_PORT", 9, ours=frozenset(), needed=True, owner_of=lambda _port: other)
    assert refused.value.next_step == "X_PORT=0 clickstream up"


def test_it_does_without_the_heavy_libraries(tmp_path: Path) -> None:
    heavy = {"pyspark", "polars", "numpy", "mimesis"}
    command = (
        "import clickstream.operate.doctor.diagnoses, clickstream.report.doctor, sys; print(*sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert not heavy & set(ended.stdout.split())


@pytest.mark.parametrize(
    ("flags", "subject", "named"),
    [
        ({"PAGE_WINDOW": "5 minutes"}, "run", "PAGE_WINDOW is 5 minutes"),
        ({"START_TIME": "9999-12-31"}, "generator", "after the year 9998"),
        ({"SPARK_PROPERTIES_FILE": "/nowhere/x.conf"}, "job", "/nowhere/x.conf"),
    ],
)
def test_what_a_start_would_refuse_is_a_problem(
    no_docker: None, tmp_path: Path, flags: dict[str, object], subject: str, named: str
) -> None:
    begin_run(settings_of(tmp_path))
    [found] = examined(tmp_path, **flags)[subject]
    assert found.health is Health.PROBLEM
    assert named in found.sentence
    assert found.fix
    assert examined(tmp_path)[subject][0].health is Health.OK


@pytest.mark.parametrize("damage", ["missing", "cut off"])
def test_a_landed_file_that_is_missing_or_cut_off_is_a_problem_with_file_and_batch(
    no_docker: None, tmp_path: Path, damage: str
) -> None:
    file = begin_run(settings_of(tmp_path))
    assert examined(tmp_path)["landed output"][0].health is Health.OK
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(b"row")
    [found] = examined(tmp_path)["landed output"]
    assert found.health is Health.PROBLEM
    assert f"{file} of batch 0 of aggregates" in found.sentence
    for way_out in ("clickstream replay --run-id default-replay", "clickstream reset"):
        assert way_out in found.fix
    assert exit_code_of([found]) == 3
