"""Ask a part to end and wait for it; what is interrupted on the way says how far it came."""

from pathlib import Path

from clickstream.errors import Interrupted
from clickstream.pipeline.broker_access import Stage
from clickstream.runtime.processes import started as processes
from clickstream.runtime.processes.started import StartedProcess, Stopped

STOP_DEADLINE_S = 120.0
"""The job ends its running batches first; a large one may take a while."""


def stop_part(process: StartedProcess, state: Path, on_stage: Stage, *, then: str) -> Stopped:
    """Stop a part in order, or by force after the deadline; one that does not run is left as it is.

    Args:
        process: the part, as it was written down.
        state: the state folder; that the part was asked to end is written down there.
        on_stage: told in a line what begins.
        then: what to do after Ctrl-C, as a sentence.

    Raises:
        Interrupted: Ctrl-C while it ended; it goes on ending by itself.
    """
    if not process.is_running():
        return Stopped.WAS_NOT_RUNNING
    on_stage(f"stop {process.name} …")
    processes.mark_stopping(process, state)
    try:
        return processes.stop(process, deadline_s=STOP_DEADLINE_S)
    except KeyboardInterrupt as error:
        raise Interrupted(
            f"Interrupted: {process.name} (pid {process.pid}) was asked to stop, and ends by itself.",
            next_step=then,
        ) from error
