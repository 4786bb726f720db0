"""A process is known by pid and start time: another one with its pid is never touched."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from clickstream.errors import FolderNotWritable, PartDidNotStart
from clickstream.runtime.processes.started import (
    StartedProcess,
    Stopped,
    last_lines,
    record_path,
    spawn_detached,
)

WAITS = "import signal; print('ready', flush=True); signal.pause()"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + WAITS.removeprefix(
    "import signal; "
)


def until(condition, deadline_s=20):
    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        time.sleep(0.01)


@pytest.fixture
def spawn(tmp_path):
    started = []

    def start(program=WAITS, name="part", **options):
        process = spawn_detached(
            name, [sys.executable, "-c", program], log=tmp_path / "logs" / name, **options
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.stop(deadline_s=0.1)


def ready(process):
    until(lambda: last_lines(process.log))
    return process


def record(**overrides):
    defaults = {
        "name": "part",
        "pid": 1,
        "created_at": 2.5,
        "command": ("a", "b"),
        "log": Path("/l"),
    }
    return StartedProcess(**defaults | overrides)


def test_a_started_process_runs_in_a_session_of_its_own(spawn):
    process = ready(spawn(address="127.0.0.1:9092"))
    assert process.is_running()
    assert process.address == "127.0.0.1:9092"
    assert os.getsid(process.pid) == process.pid


def test_a_process_that_leaves_on_sigterm_is_terminated(spawn):
    process = ready(spawn())
    keeper = psutil.Process(process.pid).parent()
    assert process.stop() is Stopped.TERMINATED
    assert not psutil.pid_exists(process.pid)
    assert not keeper.is_running() or keeper.status() == psutil.STATUS_ZOMBIE  # ours to reap
    assert process.end_code() == -signal.SIGTERM
    assert process.stop() is Stopped.WAS_NOT_RUNNING


def test_a_process_that_ignores_sigterm_is_killed_after_the_deadline(spawn):
    process = ready(spawn(STUBBORN))
    assert process.stop(deadline_s=0.2) is Stopped.KILLED
    assert not process.is_running()


def test_a_reused_pid_is_neither_running_nor_stopped(spawn):
    process = ready(spawn())
    of_before = dataclasses.replace(process, created_at=process.created_at - 60)
    assert not of_before.is_running()
    assert of_before.stop() is Stopped.WAS_NOT_RUNNING
    assert process.is_running()


def test_a_zombie_has_ended():
    with subprocess.Popen([sys.executable, "-c", WAITS], stdout=subprocess.DEVNULL) as child:
        process = record(pid=child.pid, created_at=psutil.Process(child.pid).create_time())
        child.kill()
        until(lambda: psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE)
        assert not process.is_running()


@pytest.mark.parametrize(
    ("program", "code"), [("", 0), ("raise SystemExit(4)", 4), ("import os; os.abort()", -6)]
)
def test_how_a_process_ended_is_known_by_its_exit_code_or_signal(spawn, program, code):
    process = spawn(program)
    until(lambda: process.end_code() is not None)
    assert process.end_code() == code
    assert not process.is_running()


def test_the_end_of_a_killed_process_is_its_signal_and_that_of_a_running_one_is_not_known(spawn):
    process = ready(spawn())
    assert process.end_code() is None
    os.kill(process.pid, signal.SIGKILL)
    until(lambda: process.end_code() is not None)
    assert process.end_code() == -signal.SIGKILL
    assert record(log=process.log).end_code() is None  # of another pid


def test_a_process_reads_nothing(spawn):
    process = spawn("import sys; print(repr(sys.stdin.read()))")
    until(lambda: process.end_code() is not None)
    assert last_lines(process.log) == ("''",)


def test_output_is_appended_to_the_log(spawn):
    first = ready(spawn("print('one'); print('two')"))
    until(lambda: not first.is_running())
    second = spawn("import sys; print('three', file=sys.stderr)")
    until(lambda: not second.is_running())
    assert last_lines(second.log) == ("one", "two", "three")
    assert last_lines(second.log, 2) == ("two", "three")
    assert last_lines(second.log, from_byte=len("one\ntwo\n")) == ("three",)


def test_only_the_end_of_a_large_log_is_read(tmp_path):
    log = tmp_path / "log"
    log.write_bytes(b"x" * 10_000_000 + b"\nlast \xff line\n")
    assert last_lines(log, 1) == ("last � line",)


def test_a_missing_log_has_no_lines(tmp_path):
    assert last_lines(tmp_path / "none") == ()


def test_a_program_that_is_not_there_is_named(tmp_path):
    with pytest.raises(PartDidNotStart, match="part cannot be started: /nowhere/java: No such file"):
        spawn_detached("part", ["/nowhere/java"], log=tmp_path / "log")


def test_a_log_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "logs").write_text("a file")
    with pytest.raises(FolderNotWritable, match=f"{tmp_path}/logs/part"):
        spawn_detached("part", [sys.executable], log=tmp_path / "logs" / "part")


def test_a_record_survives_saving_and_loading(tmp_path):
    saved = record(address="127.0.0.1:1", created_at=1763836800.123456)
    saved.save(tmp_path)
    assert StartedProcess.load("part", tmp_path) == saved
    assert list((tmp_path / "run").iterdir()) == [record_path("part", tmp_path)]


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"name": "part", "pid": "x"}'])
def test_a_damaged_record_is_no_record(tmp_path, content):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "part.json").write_text(content)
    assert StartedProcess.load("part", tmp_path) is None
    assert StartedProcess.load_all(tmp_path) == []


def test_all_records_come_by_name(tmp_path):
    for name in ("b", "a"):
        record(name=name).save(tmp_path)
    assert [process.name for process in StartedProcess.load_all(tmp_path)] == ["a", "b"]


def test_a_later_process_is_not_forgotten_with_an_earlier_one(tmp_path):
    earlier, later = record(pid=1), record(pid=2)
    later.save(tmp_path)
    earlier.forget(tmp_path)
    assert StartedProcess.load("part", tmp_path) == later
    later.forget(tmp_path)
    assert StartedProcess.load("part", tmp_path) is None
    later.forget(tmp_path)


def test_a_state_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "run").write_text("a file")
    with pytest.raises(FolderNotWritable, match=r"part\.json cannot be written"):
        record().save(tmp_path)
