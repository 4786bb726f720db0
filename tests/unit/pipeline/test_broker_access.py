"""A command talks to the broker that is given, or to the one that runs here, and says when there is none."""

from pathlib import Path

import psutil
import pytest

from clickstream.contract.part_names import EMBEDDED_KAFKA
from clickstream.errors import BrokerUnavailable, RunInProgress
from clickstream.pipeline.broker_access import running_broker
from clickstream.runtime.kafka.embedded import refuse_running_broker
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import Settings, load


def settings_in(state: Path, **flags: str) -> Settings:
    return load({"STATE_PATH": state, **flags}, dotenv=state / "none")[0]


def broker_process(pid: int, state: Path, created_at: float) -> None:
    process = StartedProcess(EMBEDDED_KAFKA, pid, created_at, ("java",), state / "log", "127.0.0.1:19092")
    process.save(state)


@pytest.mark.acts("KAFKA_BOOTSTRAP_SERVERS")
def test_a_given_address_is_taken(tmp_path: Path) -> None:
    given = settings_in(tmp_path, KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    assert running_broker(given).bootstrap_servers == "127.0.0.1:1"


@pytest.mark.acts("STATE_PATH")
def test_the_broker_that_runs_here_is_found(tmp_path: Path, own_pid: int) -> None:
    broker_process(own_pid, tmp_path, psutil.Process(own_pid).create_time())
    assert running_broker(settings_in(tmp_path)).bootstrap_servers == "127.0.0.1:19092"
    with pytest.raises(RunInProgress, match=str(own_pid)):
        refuse_running_broker(tmp_path)


def test_a_broker_that_has_ended_is_none(tmp_path: Path, own_pid: int) -> None:
    broker_process(own_pid, tmp_path, created_at=1.0)
    with pytest.raises(BrokerUnavailable, match="No broker runs here") as refused:
        running_broker(settings_in(tmp_path))
    assert "clickstream up" in refused.value.next_step
    refuse_running_broker(tmp_path)
