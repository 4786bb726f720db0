"""A tethered process ends with the Python that started it, `kill -9` included."""

import signal
import subprocess
import sys
import time

import psutil
import pytest

from clickstream.runtime.processes.started import spawn_detached
from clickstream.runtime.processes.tether import Tether

WAITS = "import signal; print('ready', flush=True); signal.pause()"
STARTS_AND_WAITS = """
import signal, sys
from pathlib import Path
from clickstream.runtime.processes.started import spawn_detached
from clickstream.runtime.processes.tether import Tether
part = spawn_detached("part", [sys.executable, "-c", sys.argv[1]], log=Path(sys.argv[2]))
tether = Tether(part)
print(part.pid, flush=True)
signal.pause()
"""


def until(condition, deadline_s=20):
    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        time.sleep(0.01)


def ended(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # it may end between two looks
        return True


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_the_part_ends_when_its_starter_is_killed(tmp_path, ending):
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTS_AND_WAITS, WAITS, str(tmp_path / "log")],
        stdout=subprocess.PIPE,
        text=True,
    )
    with starter:
        part_pid = int(starter.stdout.readline())
        assert not ended(part_pid)
        starter.send_signal(ending)
    until(lambda: ended(part_pid))


def test_a_released_part_lives_on(tmp_path):
    part = spawn_detached("part", [sys.executable, "-c", WAITS], log=tmp_path / "log")
    try:
        tether = Tether(part)
        watcher_pid = tether._watcher.pid
        tether.release()
        tether.release()
        assert not psutil.pid_exists(watcher_pid)
        assert part.is_running()
    finally:
        part.stop()
    assert ended(part.pid)
