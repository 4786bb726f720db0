"""Start the pipeline in the background, and return when every part has really answered."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from filelock import FileLock, Timeout

from clickstream.broker.topics import ensure_topic
from clickstream.clock import Clock
from clickstream.contract.progress import RunningPart
from clickstream.contract.tables import QUERIES
from clickstream.errors import FolderNotWritable, PartDidNotStart, RunInProgress
from clickstream.operate.parts import child_command, running
from clickstream.pipeline.broker_access import Stage, addressed, embedded_kafka, jvm_parts
from clickstream.pipeline.heartbeat import PRODUCER, STREAM, last_heartbeat
from clickstream.pipeline.produce import METADATA_DEADLINE_S
from clickstream.runtime import processes
from clickstream.runtime.embedded_kafka import EMBEDDED_KAFKA
from clickstream.runtime.jars import KAFKA, SPARK_KAFKA, Progress
from clickstream.runtime.ports import port_owner
from clickstream.runtime.processes import StartedProcess
from clickstream.settings import BrokerSettings, Settings

READY_DEADLINE_S = 180.0
_POLL_S = 0.2


def up(
    settings: Settings,
    *,
    producer_arguments: tuple[str, ...] = (),
    clock: Clock,
    on_stage: Stage,
    on_download: Progress,
) -> list[RunningPart]:
    """Start what does not run yet: broker, topic, producer, job; leaves alone what an earlier `up` started.

    Returns the parts in street order, each with what it did to show that it works.

    Raises:
        RunInProgress: another `up` or `down` is at work in this state folder.
        PartDidNotStart: a part ended or gave no answer in time; everything that this call started is
            stopped again, and the error has the last lines of its log.
    """
    state = settings.paths.state.absolute()
    try:
        state.mkdir(parents=True, exist_ok=True)
        with FileLock(state / "operating.lock", blocking=False), ExitStack() as undo:
            parts = [_broker(settings, undo, clock, on_stage, on_download)]
            broker = addressed(settings.broker, parts[0].address)
            ensure_topic(broker, clock=clock, deadline_s=METADATA_DEADLINE_S)
            # Before the producer begins: a job that cannot run should not leave a topic full of events.
            jvm_parts(settings, SPARK_KAFKA, on_stage=on_stage, on_download=on_download)
            parts += _producer_and_job(
                settings,
                broker,
                producer_arguments,
                undo,
                clock,
                on_stage,
                broker_is_new=parts[0].started_now,
            )
            undo.pop_all()
            return parts
    except Timeout as error:
        raise RunInProgress(
            f"Another command is starting or stopping the pipeline in {state}.",
            next_step="Wait until it has ended.",
        ) from error
    except OSError as error:
        raise FolderNotWritable(
            f"The state folder {state} cannot be written: {error.strerror or error}.",
            next_step="Make it writable, or set STATE_PATH to another folder.",
        ) from error


def _broker(
    settings: Settings, undo: ExitStack, clock: Clock, on_stage: Stage, on_download: Progress
) -> RunningPart:
    if settings.broker.bootstrap_servers:
        return RunningPart(
            "broker", settings.broker.bootstrap_servers, None, None, "given by KAFKA_BOOTSTRAP_SERVERS", False
        )
    answered = "gave back a record"
    earlier = running(EMBEDDED_KAFKA, settings)
    if earlier is not None:
        return RunningPart(EMBEDDED_KAFKA, earlier.address, earlier.pid, earlier.log, answered, False)
    on_stage("start the embedded broker …")
    parts = jvm_parts(settings, KAFKA, on_stage=_quiet, on_download=on_download)
    kafka = embedded_kafka(_at_its_old_port(settings), parts, clock)
    started = kafka.start(detached=True)
    undo.callback(kafka.stop)
    return RunningPart(EMBEDDED_KAFKA, started.address, started.pid, started.log, answered, True)


def _at_its_old_port(settings: Settings) -> Settings:
    """Where a broker that died had answered: a producer and a job that still run look for it there."""
    died = processes.load(EMBEDDED_KAFKA, settings.paths.state.absolute())
    if died is None or settings.runtime.embedded_kafka_port:
        return settings
    port = int(died.address.rpartition(":")[2])
    if port_owner(port) is not None:
        return settings
    return replace(settings, runtime=settings.runtime.model_copy(update={"embedded_kafka_port": port}))


def _producer_and_job(
    settings: Settings,
    broker: BrokerSettings,
    producer_arguments: tuple[str, ...],
    undo: ExitStack,
    clock: Clock,
    on_stage: Stage,
    *,
    broker_is_new: bool,
) -> list[RunningPart]:
    state = settings.paths.state.absolute()
    on_stage("start the producer and the job …")
    producer, producer_is_new = _ensured(
        PRODUCER, child_command("produce", "--live", *producer_arguments), settings, undo
    )
    job, job_is_new = _ensured(STREAM, child_command("stream"), settings, undo)

    # Under a broker that was started just now, what was said before counts for nothing.
    said_before = {
        part.name: last_heartbeat(state, part.name, part.pid) if broker_is_new else None
        for part in (producer, job)
    }

    def newly_said(part: StartedProcess) -> dict[str, Any]:
        said = last_heartbeat(state, part.name, part.pid)
        return {} if said == said_before[part.name] else said

    def acknowledged() -> str:
        count = newly_said(producer).get("acknowledged", 0)
        return f"{count:,} records acknowledged" if count else ""

    def landed() -> str:
        queries = newly_said(job).get("queries", {})
        return f"every query has landed a batch ({len(queries)})" if len(queries) == len(QUERIES) else ""

    producer_answer = _answered(producer, acknowledged, clock)
    job_answer = _answered(job, landed, clock)
    rate = f"→ {broker.topic}"
    return [
        RunningPart(PRODUCER, rate, producer.pid, producer.log, producer_answer, producer_is_new),
        RunningPart(
            STREAM, f"{broker.topic} → {settings.paths.output}", job.pid, job.log, job_answer, job_is_new
        ),
    ]


def _ensured(
    name: str, command: tuple[str, ...], settings: Settings, undo: ExitStack
) -> tuple[StartedProcess, bool]:
    earlier = running(name, settings)
    if earlier is not None:
        return earlier, False
    state = settings.paths.state.absolute()
    started = processes.spawn_detached(name, command, log=state / "logs" / f"{name}.log")
    undo.callback(_stop_again, started, settings)
    processes.save(started, state)
    return started, True


def _stop_again(started: StartedProcess, settings: Settings) -> None:
    processes.stop(started)
    processes.forget(started, settings.paths.state.absolute())


def _answered(part: StartedProcess, answer: Callable[[], str], clock: Clock) -> str:
    """Wait until a part has an answer; its own last words where it ends or stays silent instead."""
    deadline_s = clock.monotonic_s() + READY_DEADLINE_S
    while not (given := answer()):
        if not part.is_running():
            raise PartDidNotStart(
                f"{part.name} ended before it was ready.",
                next_step=f"The last lines of its log are above, the rest is in {part.log}.",
                details=processes.last_lines(part.log),
            )
        if clock.monotonic_s() >= deadline_s:
            raise PartDidNotStart(
                f"{part.name} gave no sign of work within {READY_DEADLINE_S:g} s.",
                next_step=f"See {part.log}.",
                details=processes.last_lines(part.log),
            )
        clock.sleep(_POLL_S)
    return given


def _quiet(_line: str) -> None:
    """What there is to say of Java is said for the job, which every `up` starts."""
