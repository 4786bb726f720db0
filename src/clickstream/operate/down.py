"""Stop exactly what `up` started, and on request remove what the run has left."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clickstream.clock import SystemClock
from clickstream.contract.part_names import BROKER, CLUSTER, PRODUCER, REDPANDA, STREAM
from clickstream.contract.stages import Stage
from clickstream.errors import UsageError
from clickstream.operate.parts.control import operating, stop_part
from clickstream.operate.parts.names import ALL, STOP_ORDER, Parts, names_behind, part_runs, running
from clickstream.operate.remove.left_behind import remove
from clickstream.pipeline.broker_access import redpanda
from clickstream.runtime.kafka.docker import StartedContainer
from clickstream.runtime.kafka.redpanda import keeps_volume
from clickstream.runtime.processes.started import StartedProcess, Stopped
from clickstream.settings import Settings


@dataclass(frozen=True, slots=True)
class StoppedPart:
    """A part that `up` had started, and how it came to its end."""

    name: str
    pid: int | None
    """None of a container, which is known by its id."""
    how: Stopped
    container: str = ""


def down(
    settings: Settings, *, volumes: bool, on_stage: Stage, parts: Parts = ALL
) -> tuple[list[StoppedPart], list[Path]]:
    """Stop parts, readers and writers before their broker; only these, even if others need them.

    With `volumes`, which is for all parts, also remove output, checkpoints, topic and logs. Returns what was
    stopped and what was removed. Another file beside the folders of the run's tables stays.

    Raises:
        UsageError: `volumes` is given with some of the parts.
    """
    if volumes and parts != ALL:
        raise UsageError(
            "--volumes removes the data of all parts, but only some are named.",
            next_step="Leave out the names: clickstream down --volumes",
        )
    state = settings.paths.state.absolute()
    if not state.is_dir():
        return [], remove(settings, SystemClock()) if volumes else []
    with operating(state):
        for line in _warnings(settings, parts):
            on_stage(line)
        stop = [name for name in STOP_ORDER if any(name in names_behind(part) for part in parts)]
        stopped = [part for name in stop if (part := _stopped(name, state, on_stage)) is not None]
        if BROKER in parts:
            stopped += _stopped_container(settings, on_stage, volumes=volumes)
        removed = remove(settings, SystemClock()) if volumes else []
    return stopped, removed


def _warnings(settings: Settings, parts: Parts) -> Iterator[str]:
    """What keeps running without a part that it needs."""
    left = [name for name in (PRODUCER, STREAM) if name not in parts and running(name, settings) is not None]
    if BROKER in parts and settings.broker.bootstrap_servers:
        if parts != ALL:
            yield (
                f"The broker at {settings.broker.bootstrap_servers} is named by KAFKA_BOOTSTRAP_SERVERS:"
                " `down` does not stop it."
            )
    elif BROKER in parts and left and part_runs(BROKER, settings):
        yield (
            f"{' and '.join(left)} will run without a broker: start it with `clickstream up broker`"
            f" within MSG_DELIVERY_TIMEOUT ({settings.broker.delivery_timeout}), or stop them with"
            " `clickstream down`."
        )
    job = running(STREAM, settings)
    on_cluster = job is not None and "--master" in job.command and part_runs(CLUSTER, settings)
    if CLUSTER in parts and STREAM in left and on_cluster:
        yield "stream runs on this cluster and will end: start both with `clickstream up cluster stream`."


def _stopped(name: str, state: Path, on_stage: Stage) -> StoppedPart | None:
    process = StartedProcess.load(name, state)
    if process is None:
        return None
    how = stop_part(process, state, on_stage, then="Stop the other parts with `clickstream down`.")
    process.forget(state)
    return StoppedPart(name, process.pid, how)


def _stopped_container(settings: Settings, on_stage: Stage, *, volumes: bool) -> list[StoppedPart]:
    state = settings.paths.state.absolute()
    container = StartedContainer.load(REDPANDA, state)
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
