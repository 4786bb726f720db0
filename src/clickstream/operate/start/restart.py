"""Stop one part and start it again with its flags, while the others keep running."""

from collections.abc import Mapping
from pathlib import Path

from clickstream.contract.part_names import BROKER, CLUSTER, EMBEDDED_KAFKA, PART_NAMES, PRODUCER, STREAM
from clickstream.contract.progress import RunningPart
from clickstream.errors import CouldNotCheck, UsageError
from clickstream.operate.parts.control import operating, stop_part
from clickstream.operate.parts.names import names_behind
from clickstream.operate.parts.used_settings import flags_in
from clickstream.operate.start.attempt import StartAttempt
from clickstream.operate.start.broker import at_port_of, started_embedded
from clickstream.operate.start.producer_and_job import command_of, expected_work
from clickstream.operate.start.refusals import refuse_restart
from clickstream.runtime.kafka.docker import StartedContainer
from clickstream.runtime.processes.started import StartedProcess

_RESTARTABLE = (EMBEDDED_KAFKA, PRODUCER, STREAM)


def restartable(state: Path) -> list[str]:
    """The parts that were started here and can be restarted by themselves, in stage order."""
    recorded = {process.name for process in StartedProcess.load_all(state)}
    return [name for name in _RESTARTABLE if name in recorded]


def restart(attempt: StartAttempt, name: str, producer_flags: Mapping[str, str] | None = None) -> RunningPart:
    """Stop a part, start it with the arguments that it was started with, and wait until it answers.

    The embedded broker restarts at its port with its data: producer and job wait for it and continue. A
    part that has died is started as well. Settings from the environment and `.env` are those of now.

    Raises:
        UsageError: no such part was started here, or it is a container, or these arguments are not for it;
            or a setting is wrong for this part, which keeps running.
    """
    state, flags = attempt.state, producer_flags or {}
    before = _started(name, state)
    if flags and name != PRODUCER:
        raise UsageError(
            f"{' '.join(flags)} is for the producer, not for {name}.",
            next_step="Leave it out.",
        )
    with operating(state), attempt.undo as undo:
        refuse_restart(attempt, before)
        stop_part(before, state, attempt.on_stage, then="Start it again with `clickstream up`.")
        part = _again(attempt, before, flags)
        undo.pop_all()
        return part


def _started(name: str, state: Path) -> StartedProcess:
    recorded = names_behind(name)
    if name == CLUSTER:
        raise UsageError(
            "The cluster cannot be restarted alone: its master, its workers and the job share a secret.",
            next_step="clickstream down stream cluster && clickstream up cluster stream",
        )
    if (container := StartedContainer.load(recorded[-1], state)) is not None:
        raise UsageError(
            f"{name} runs in a container, which its engine restarts.",
            next_step=f"docker restart {container.container[:12]}",
        )
    names = restartable(state)
    if not names:
        raise CouldNotCheck(
            f"There is nothing to restart: no part was started in {state}.",
            next_step="Start the pipeline with `clickstream up`.",
        )
    process = StartedProcess.load(recorded[0], state)
    if process is None and name in PART_NAMES:
        raise UsageError(f"{name} was not started here.", next_step=f"Start it with `clickstream up {name}`.")
    if process is None or process.name not in names:
        what = "cannot be restarted alone" if process is not None else "was not started here"
        raise UsageError(
            f"{name!r} {what}.", next_step=f"There are: {', '.join(_part_of(each) for each in names)}."
        )
    return process


def _part_of(name: str) -> str:
    return BROKER if name == EMBEDDED_KAFKA else name


def _again(attempt: StartAttempt, before: StartedProcess, flags: Mapping[str, str]) -> RunningPart:
    if before.name == EMBEDDED_KAFKA:
        # After Ctrl-C the next `up` finds the port at which the others look for it.
        attempt.undo.callback(before.mark_stopping, attempt.state)
        return started_embedded(attempt, at_port_of(before.address, attempt.settings, "embedded_kafka_port"))
    started, _ = attempt.ensured(before.name, command_of(before.name, {**flags_in(before.command), **flags}))
    return attempt.working(started, expected_work(before.name, attempt.settings), is_new=True)
