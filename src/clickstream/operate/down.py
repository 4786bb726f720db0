"""Stop exactly what `up` started, and on request remove what the run has left."""

from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from clickstream.clock import SystemClock
from clickstream.errors import RunInProgress
from clickstream.operate.parts import STOP_ORDER
from clickstream.operate.removal import remove
from clickstream.operate.stopping_parts import stop_part
from clickstream.pipeline.broker_access import Stage, redpanda
from clickstream.runtime import containers, processes
from clickstream.runtime.processes import Stopped
from clickstream.runtime.redpanda import REDPANDA, keeps_volume
from clickstream.settings import Settings


@dataclass(frozen=True, slots=True)
class StoppedPart:
    """A part that `up` had started, and how it came to its end."""

    name: str
    pid: int | None
    """None of a container, which is known by its id."""
    how: Stopped
    container: str = ""


def down(settings: Settings, *, volumes: bool, on_stage: Stage) -> tuple[list[StoppedPart], list[Path]]:
    """Stop the parts against the stream; with `volumes` also remove output, checkpoints, topic and logs.

    Returns what was stopped and what was removed. Removes only names that the kit itself makes: another
    file in these folders stays.

    Raises:
        RunInProgress: another `up` or `down` is at work in this state folder, or a job that `up` did not
            start runs on the checkpoint that is to be removed.
        DockerFailed: Redpanda was started here, and the engine does not answer; all else is stopped.
    """
    state = settings.paths.state.absolute()
    if not state.is_dir():
        return [], remove(settings, SystemClock()) if volumes else []
    try:
        with FileLock(state / "operating.lock", blocking=False):
            stopped = [part for name in STOP_ORDER if (part := _stopped(name, state, on_stage)) is not None]
            stopped += _stopped_container(settings, on_stage, volumes=volumes)
            removed = remove(settings, SystemClock()) if volumes else []
    except Timeout as error:
        raise RunInProgress(
            f"Another command is starting or stopping the pipeline in {state}.",
            next_step="Wait until it has ended.",
        ) from error
    return stopped, removed


def _stopped(name: str, state: Path, on_stage: Stage) -> StoppedPart | None:
    process = processes.load(name, state)
    if process is None:
        return None
    how = stop_part(process, state, on_stage, then="Stop the other parts with `clickstream down`.")
    processes.forget(process, state)
    return StoppedPart(name, process.pid, how)


def _stopped_container(settings: Settings, on_stage: Stage, *, volumes: bool) -> list[StoppedPart]:
    state = settings.paths.state.absolute()
    container = containers.load(REDPANDA, state)
    if container is None and not (volumes and keeps_volume(state)):
        return []
    was_running = container is not None and container.is_running()
    if was_running:
        on_stage(f"stop {REDPANDA} …")
    redpanda(settings, SystemClock()).stop(volumes=volumes)
    if container is None:
        return []
    how = Stopped.TERMINATED if was_running else Stopped.WAS_NOT_RUNNING
    return [StoppedPart(REDPANDA, None, how, container.container[:12])]
