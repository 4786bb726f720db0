"""Stop one part and start it again as it was started, while the others go on."""

from dataclasses import replace
from pathlib import Path

from clickstream.clock import Clock
from clickstream.contract.part_names import BROKER, CLUSTER, PART_NAMES
from clickstream.contract.progress import RunningPart
from clickstream.contract.stages import timed
from clickstream.errors import CouldNotCheck, UsageError
from clickstream.operate.parts.names import names_behind, operating, stop_part
from clickstream.operate.parts.used_settings import way_of
from clickstream.operate.start.as_started import with_arguments
from clickstream.operate.start.before_start import refuse_restart
from clickstream.operate.start.producer_and_job import Answer, acknowledged, answer_of_job
from clickstream.operate.start.undertaking import Undertaking
from clickstream.pipeline.broker_access import Stage, embedded_kafka, jvm_parts
from clickstream.pipeline.heartbeat import PRODUCER, STREAM
from clickstream.runtime.java.jars import KAFKA, Progress
from clickstream.runtime.kafka.containers import StartedContainer
from clickstream.runtime.kafka.embedded import EMBEDDED_KAFKA
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import Settings

_RESTARTABLE = (EMBEDDED_KAFKA, PRODUCER, STREAM)


def restartable(state: Path) -> list[str]:
    """The parts that were started here and that can be restarted by themselves, in street order."""
    recorded = {process.name for process in StartedProcess.load_all(state)}
    return [name for name in _RESTARTABLE if name in recorded]


def restart(
    settings: Settings,
    name: str,
    *,
    producer_arguments: tuple[str, ...] = (),
    clock: Clock,
    on_stage: Stage,
    on_download: Progress,
) -> RunningPart:
    """Stop a part, start it with the arguments that it was started with, and wait until it answers.

    The embedded broker comes back at its port with its data: producer and job wait for it and go on. A
    part that has died is started as well. Settings from the environment and `.env` are those of now.

    Args:
        settings: where the kit is.
        name: of a part, or one of `restartable`.
        producer_arguments: flags with their values that take the place of the producer's own.
        clock: the time that the waiting goes by.
        on_stage: told in a line what begins.
        on_download: see `Progress`.

    Raises:
        CouldNotCheck: nothing was started here.
        UsageError: no such part was started here, or it is a container, or these arguments are not for it;
            or a setting is wrong for this part, which goes on as it was.
        RunInProgress: another command is starting or stopping the pipeline.
        PartDidNotStart: it ended or gave no answer in time; it is stopped then.
    """
    undertaking = Undertaking(settings, clock, on_stage, on_download)
    state = undertaking.state
    before = _started(name, state)
    if producer_arguments and name != PRODUCER:
        raise UsageError(
            f"{' '.join(producer_arguments[::2])} is for the producer, not for {name}.",
            next_step="Leave it out.",
        )
    with operating(state), undertaking.undo as undo:
        refuse_restart(undertaking, before)
        stop_part(before, state, on_stage, then="Start it as it was with `clickstream up`.")
        part = _again(undertaking, before, producer_arguments)
        undo.pop_all()
        return part


def _started(name: str, state: Path) -> StartedProcess:
    recorded = names_behind(name)
    if name == CLUSTER:
        raise UsageError(
            "The cluster cannot be restarted by itself: its master, its workers and the job share a secret.",
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
        what = "cannot be restarted by itself" if process is not None else "was not started here"
        raise UsageError(
            f"{name!r} {what}.", next_step=f"There are: {', '.join(_part_of(each) for each in names)}."
        )
    return process


def _part_of(name: str) -> str:
    return BROKER if name == EMBEDDED_KAFKA else name


def _again(undertaking: Undertaking, before: StartedProcess, arguments: tuple[str, ...]) -> RunningPart:
    if before.name == EMBEDDED_KAFKA:
        return _broker_again(undertaking, before)
    started, _ = undertaking.ensured(before.name, with_arguments(before.command, arguments))
    answer: Answer = acknowledged
    if before.name == STREAM:
        answer = answer_of_job(undertaking.settings)
    return RunningPart(
        started.name,
        way_of(started, undertaking.settings),
        started.pid,
        started.log,
        undertaking.answered(started, answer(started, undertaking.state, None)),
        started_now=True,
    )


def _broker_again(undertaking: Undertaking, before: StartedProcess) -> RunningPart:
    settings, port = undertaking.settings, int(before.address.rpartition(":")[2])
    # After Ctrl-C the next `up` finds the port at which the others look for it.
    undertaking.undo.callback(before.mark_stopping, undertaking.state)
    # Where producer and job look for it, whatever the setting says by now.
    there = replace(settings, runtime=settings.runtime.model_copy(update={"embedded_kafka_port": port}))
    parts = jvm_parts(settings, KAFKA, on_stage=undertaking.on_stage, on_download=undertaking.on_download)
    kafka = embedded_kafka(there, parts, undertaking.clock)
    with timed(undertaking.on_stage, undertaking.clock, "start the embedded broker") as reached:
        started = kafka.start(detached=True)
        reached(f"the embedded broker answers at {started.address}")
    undertaking.undo.callback(kafka.stop)
    undertaking.noted(started)
    return RunningPart(
        started.name, started.address, started.pid, started.log, "gave back a record", started_now=True
    )
