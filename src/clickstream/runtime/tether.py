"""A small process that ends another one when the Python that started both is gone, `kill -9` included.

A JVM in a session of its own outlives its parent, and nothing portable tells it so. The tether holds the
read end of a pipe whose write end only the parent has: the system closes that end however the parent dies.
"""

import subprocess
import sys
from pathlib import Path

from clickstream.runtime.processes import StartedProcess, stop


class Tether:
    """Holds a started process to the life of this one until `release`."""

    def __init__(self, process: StartedProcess) -> None:
        self._watcher = subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                "clickstream.runtime.tether",
                str(process.pid),
                repr(process.created_at),
            ],
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


def _watch(pid: int, created_at: float) -> None:
    sys.stdin.buffer.read()
    stop(StartedProcess("tethered", pid, created_at, (), Path("/dev/null")))


if __name__ == "__main__":
    _watch(int(sys.argv[1]), float(sys.argv[2]))
