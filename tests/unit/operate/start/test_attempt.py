"""A part that ends before it is ready: its own error where it left one, and the lines of this start alone."""

import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from clickstream.contract.part_names import STREAM
from clickstream.errors import CheckpointMismatch, ClickstreamError, PartDidNotStart, PartDied
from clickstream.operate.start.attempt import StartAttempt
from clickstream.runtime.processes.started import StartedProcess, spawn_detached
from clickstream.settings import load
from clickstream.testing import ManualClock

LEAVES = """
import sys
from pathlib import Path
from clickstream import errors
from clickstream.clock import SystemClock
from clickstream.contract.part_names import STREAM
from clickstream.pipeline.heartbeat import Heartbeat
print("of this start", flush=True)
if len(sys.argv) > 2:
    with Heartbeat(Path(sys.argv[1]), STREAM, SystemClock()).noting_the_end():
        raise getattr(errors, sys.argv[2])("It is wrong.", next_step="Put it right.")
sys.exit(1)
"""


@pytest.fixture
def attempt(tmp_path: Path) -> StartAttempt:
    settings, _ = load({"STATE_PATH": tmp_path}, dotenv=tmp_path / "none")
    log = tmp_path / "logs" / f"{STREAM}.log"
    log.parent.mkdir()
    log.write_text("of an earlier start\n")
    return StartAttempt(settings, ManualClock(), lambda _line: None, lambda _done, _total: None)


def ended(attempt: StartAttempt, *error: str) -> PartDidNotStart:
    """What is raised of a part that leaves so."""
    command = (sys.executable, "-W", "ignore", "-c", LEAVES, str(attempt.state), *error)
    part, _ = attempt.ensured(STREAM, command)
    with pytest.raises(PartDidNotStart) as raised:
        # The manual clock lets no time pass: the wait for the end is a real one.
        attempt.working(part, lambda _said: "" if not part.is_running() else _wait(part.pid), is_new=True)
    return raised.value


def _wait(pid: int) -> str:
    import psutil

    psutil.Process(pid).wait(20)
    return ""


@pytest.mark.parametrize("error", [CheckpointMismatch, PartDied])
def test_a_part_that_says_why_it_ended_gives_its_error_and_exit_code(
    attempt: StartAttempt, error: type[ClickstreamError]
) -> None:
    raised = ended(attempt, error.__name__)
    assert raised.sentence == "stream did not start: It is wrong."
    assert raised.next_step == "Put it right."
    assert raised.exit_code == error.exit_code


def test_a_part_that_says_nothing_is_shown_with_the_lines_of_this_start_alone(
    attempt: StartAttempt,
) -> None:
    raised = ended(attempt)
    assert raised.sentence.startswith("stream ended before it was ready")
    assert raised.details == ("of this start",)
    assert raised.exit_code == 3


def test_lines_of_an_earlier_start_are_not_a_parts_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "part.log"
    log.write_text("earlier\n")
    part = spawn_detached("part", [sys.executable, "-c", "print('now')"], log=log)
    _wait(part.pid)
    part.save(tmp_path)
    loaded = StartedProcess.load("part", tmp_path)
    assert loaded is not None
    assert loaded.last_lines() == ("now",)


def test_ctrl_c_while_a_part_is_being_started_leaves_no_process_behind(
    attempt: StartAttempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[StartedProcess] = []
    spawn = spawn_detached

    def interrupted(*words: Any, **options: Any) -> StartedProcess:
        started.append(spawn(*words, **options))
        signal.raise_signal(signal.SIGINT)  # before anything knows of the part
        return started[-1]

    monkeypatch.setattr("clickstream.operate.start.attempt.spawn_detached", interrupted)
    with pytest.raises(KeyboardInterrupt), attempt.undo:
        attempt.ensured(STREAM, (sys.executable, "-c", "import time; time.sleep(60)"))
    try:
        assert [part.is_running() for part in started] == [False]
    finally:
        for part in started:
            part.stop()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
