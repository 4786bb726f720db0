"""One job at a time on a checkpoint: held by the Python process, and by the JVM for as long as it lives.

Two kinds of lock, because either process can outlive the other. `run.lock` (flock) belongs to the Python
process, from before it first reads the checkpoint to its end; a second one is in the output's folder.
`jvm.lock` (POSIX, `fcntl`) belongs to the JVM, which takes it before the first query starts
(`stream/session/jvm.py`); the system releases it when that JVM ends, and at no other time. A job takes the
first and requires that the second is free. Neither kind sees the other; Java knows only the second.
"""

import errno
import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from clickstream.clock import Clock
from clickstream.contract.run.layout import Layout
from clickstream.errors import RunInProgress
from clickstream.sinks.durable import writing

_ORPHAN_DEADLINE_S = 20.0
"""A JVM whose Python was killed needs 2 to 3 s to end, on two cores, also in the middle of a batch; one
that is stopped or stuck is killed after some 8 s (`runtime/processes/tether.py`)."""
_POLL_S = 0.1


@contextmanager
def held(layout: Layout, clock: Clock) -> Iterator[None]:
    """Hold the run's checkpoint and output for this process; the system lets go of them when it dies.

    Waits if the JVM of a killed job is about to end.

    Raises:
        RunInProgress: another process holds one of them, or the JVM of one that has died does not end.
        FolderNotWritable: a folder cannot be written.
    """
    with ExitStack() as locks:
        for path, otherwise in run_locks(layout).items():
            locks.enter_context(_locked(path, otherwise))
        _await_orphan(layout, clock)
        yield


def refuse_held(layout: Layout) -> None:
    """Return only if no process holds the run's checkpoint or output now. Creates no folder.

    The JVM of a killed job is not waited for: `held` does that.

    Raises:
        RunInProgress: another process holds one of them.
    """
    for path, otherwise in run_locks(layout).items():
        if path.exists():
            with _locked(path, otherwise):
                pass


@contextmanager
def _locked(path: Path, otherwise: str) -> Iterator[None]:
    with writing(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        try:
            lock.acquire(blocking=False)
        except Timeout as error:
            raise RunInProgress(
                f"{otherwise}.",
                next_step="Stop it first, or give this one another CHECKPOINT_PATH and OUTPUT_PATH.",
            ) from error
    try:
        yield
    finally:
        lock.release()


def run_locks(layout: Layout) -> dict[Path, str]:
    """The files that a job's Python process holds locked, and what it means that another process holds one.

    The second is for two runs that begin with one output and two checkpoints: both would find it empty.
    """
    return {
        layout.checkpoint / "run.lock": f"Another job runs on the checkpoint {layout.checkpoint}",
        layout.output / "_landed" / "run.lock": f"Another job writes to {layout.output}",
    }


def jvm_lock_path(layout: Layout) -> Path:
    """The file that a job's JVM holds locked; it stays when the JVM has gone, and means nothing then."""
    return layout.checkpoint / "jvm.lock"


def _await_orphan(layout: Layout, clock: Clock) -> None:
    end_s = clock.monotonic_s() + _ORPHAN_DEADLINE_S
    path = jvm_lock_path(layout)
    while _is_locked(path):
        if clock.monotonic_s() >= end_s:
            raise RunInProgress(
                f"The JVM of an earlier job still works on the checkpoint {layout.checkpoint}, but the"
                f" process that started it has ended.{_holder(path)}",
                next_step="End that JVM, then start again: the run continues.",
            )
        clock.sleep(_POLL_S)


def _is_locked(path: Path) -> bool:
    """Whether a process other than this one holds a POSIX lock on the file."""
    if not path.exists():
        return False
    with writing(path.parent), path.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            # POSIX leaves it to the system which of the two it says.
            if error.errno in (errno.EACCES, errno.EAGAIN):
                return True
            raise
    return False


def _holder(path: Path) -> str:
    """The pid that the JVM has written down, in a sentence; empty where it did not come to it."""
    text = path.read_text(encoding="utf-8", errors="replace").strip()
    return f" Its pid is {text}." if text.isdigit() else ""
