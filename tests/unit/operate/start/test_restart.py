"""What cannot be restarted is refused, with what can."""

from pathlib import Path

import pytest

from clickstream.contract.part_names import PRODUCER, STREAM
from clickstream.errors import CouldNotCheck, UsageError
from clickstream.operate.start.attempt import StartAttempt
from clickstream.operate.start.restart import restart, restartable
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import Settings, load
from clickstream.testing import ManualClock

COMMAND = ("python", "-m", "clickstream", "produce", "--live", "--rate", "100", "--seed", "7")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"STATE_PATH": tmp_path}, dotenv=tmp_path / "none")[0]


def record(settings: Settings, name: str) -> None:
    state = settings.paths.state
    StartedProcess(name, 1, 1.0, COMMAND, state / "log").save(state)


def call(settings: Settings, name: str, **flags: str) -> None:
    attempt = StartAttempt(settings, ManualClock(), lambda _line: None, lambda _done, _total: None)
    restart(attempt, name, {f"--{flag}": value for flag, value in flags.items()})


def test_where_nothing_was_started_there_is_nothing_to_restart(settings: Settings) -> None:
    with pytest.raises(CouldNotCheck) as refused:
        call(settings, PRODUCER)
    assert refused.value.exit_code == 3


def test_an_unknown_part_is_refused_with_those_there_are(settings: Settings) -> None:
    record(settings, PRODUCER)
    record(settings, STREAM)
    assert restartable(settings.paths.state) == [PRODUCER, STREAM]
    with pytest.raises(UsageError) as refused:
        call(settings, "nope")
    assert "producer, stream" in refused.value.next_step
    assert refused.value.exit_code == 2


def test_a_flag_of_the_producer_is_refused_for_another_part(settings: Settings) -> None:
    record(settings, STREAM)
    with pytest.raises(UsageError, match="--rate is for the producer"):
        call(settings, STREAM, rate="5")
