"""One command at a time starts or stops parts; how it stops one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from clickstream.contract.stages import Stage
from clickstream.errors import Interrupted, RunInProgress
from clickstream.runtime.processes.started import StartedProcess, Stopped

_STOP_DEADLINE_S = 120.0
"""The job ends its running batches first; a large one may take a while."""


@contextmanager
def operating(state: Path) -> Iterator[None]:
    """Lock the state folder for a block that starts or stops parts.

    Raises:
        RunInProgress: another command holds the lock.
    """
    try:
        with FileLock(state / "operating.lock", blocking=False):
            yield
    except Timeout as error:
        raise RunInProgress(
            f"Another command is starting or stopping the pipeline in {state}.",
            next_step="Wait until it has ended.",
        ) from error


def stop_part(process: StartedProcess, state: Path, on_stage: Stage, *, then: str) -> Stopped:
    """Stop a part in order, or by force after the deadline; one that does not run is left as it is.

    `then` is what to do after Ctrl-C, as a sentence.

    Raises:
        Interrupted: Ctrl-C while it ended; it ends by itself.
    """
    if not process.is_running():
        return Stopped.WAS_NOT_RUNNING
    on_stage(f"stop {process.name} …")
    process.mark_stopping(state)
    try:
        return process.stop(deadline_s=_STOP_DEADLINE_S)
    except KeyboardInterrupt as error:
        raise Interrupted(
            f"Interrupted: {process.name} (pid {process.pid}) was asked to stop, and ends by itself.",
            next_step=then,
        ) from error
