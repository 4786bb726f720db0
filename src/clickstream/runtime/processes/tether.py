"""A small process that ends another one when the Python that started both is gone, `kill -9` included.

A JVM in a new session outlives its parent, and no portable signal informs it. The tether holds the
read end of a pipe whose write end only the parent has: the system closes that end however the parent dies.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import kit_environment

# Most tethers only wait. Without this package and psutil, one takes 9 MB in place of 37.
_WAIT = "import os, sys; os.read(0, 1); os.execv(sys.argv[1], sys.argv[1:])"
"""Waits until the pipe is closed, and then becomes the Python that ends the process."""


class Tether:
    """Ends a started process when this one is gone, until `release`; kills it after `leave_s`."""

    def __init__(self, process: StartedProcess, *, leave_s: float = 15.0) -> None:
        self._watcher = subprocess.Popen(
            [
                *(sys.executable, "-I", "-S", "-c", _WAIT),
                sys.executable,
                "-P",
                "-m",
                "clickstream.runtime.processes.tether",
                str(process.pid),
                repr(process.created_at),
                repr(leave_s),
            ],
            env=kit_environment({}),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us: we stop the process in order
        )

    def release(self) -> None:
        """Let go: the process is no longer ended with this one; again does nothing."""
        self._watcher.kill()
        self._watcher.wait()
        if self._watcher.stdin is not None:
            self._watcher.stdin.close()


@contextmanager
def tethered(pid: int, *, leave_s: float) -> Iterator[None]:
    """End a process of the kit with this one, during a block."""
    try:
        created_at = psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:  # a dead process needs no tether; the block will report it
        yield
        return
    tether = Tether(StartedProcess("tethered", pid, created_at, (), Path(os.devnull)), leave_s=leave_s)
    try:
        yield
    finally:
        tether.release()


if __name__ == "__main__":
    StartedProcess("tethered", int(sys.argv[1]), float(sys.argv[2]), (), Path(os.devnull)).stop(
        deadline_s=float(sys.argv[3])
    )
