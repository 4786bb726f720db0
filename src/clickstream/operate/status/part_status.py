"""How each part of a kit is: by its process record, and for one that died by what it left behind."""

from clickstream.clock import Clock
from clickstream.contract.part_names import EMBEDDED_KAFKA, PRODUCER, REDPANDA, STREAM
from clickstream.contract.status import PartState, PartStatus
from clickstream.operate.parts.differences import differences
from clickstream.operate.parts.ends import end_of_part
from clickstream.operate.parts.used_settings import way_of
from clickstream.runtime.kafka.docker import StartedContainer
from clickstream.runtime.processes.record import record_path
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import Settings

_LAST_LINES = 5


def part_statuses(settings: Settings, clock: Clock) -> list[PartStatus]:
    """The parts that `up` has started and those that it starts by default, in the order of the stages.

    A broker that is given by its address is not among them: its state follows from asking for the topic.
    """
    state = settings.paths.state
    recorded = {
        process.name: _process(process, settings, clock) for process in StartedProcess.load_all(state)
    }
    if (container := StartedContainer.load(REDPANDA, state)) is not None:
        recorded[REDPANDA] = _container(container, settings, clock)
    expected = [PRODUCER, STREAM]
    if not settings.broker.bootstrap_servers and REDPANDA not in recorded:
        expected.append(EMBEDDED_KAFKA)
    names = sorted({*expected, *recorded}, key=_place)
    return [recorded.get(name, PartStatus(name, PartState.STOPPED)) for name in names]


def _place(name: str) -> tuple[int, str]:
    # Others, a cluster's master and workers, are between the producer and the job.
    place = {EMBEDDED_KAFKA: 0, REDPANDA: 0, PRODUCER: 1, STREAM: 3}.get(name, 2)
    return place, name


def _process(process: StartedProcess, settings: Settings, clock: Clock) -> PartStatus:
    address = process.address or way_of(process, settings)
    if process.is_running():
        return PartStatus(
            process.name,
            PartState.STOPPING if process.stopping else PartState.RUNNING,
            address=address,
            pid=process.pid,
            uptime_s=max(0.0, clock.now().timestamp() - process.created_at),
            log=process.log,
            differences=differences(process, settings),
        )
    end = end_of_part(process, settings.paths.state)
    return PartStatus(
        process.name,
        end.state,
        address=address,
        pid=process.pid,
        log=process.log,
        exit_code=end.exit_code,
        signal=end.signal,
        why=end.why,
        last_lines=process.last_lines(_LAST_LINES) if end.state.died else (),
    )


def _container(container: StartedContainer, settings: Settings, clock: Clock) -> PartStatus:
    short = container.container[:12]
    if not container.is_running():
        why = f"the engine does not know it as running; `docker logs {short}` may say more"
        return PartStatus(
            container.name, PartState.CRASHED, address=container.address, container=short, why=why
        )
    # It was written down when it answered for the first time.
    started_at = record_path(container.name, settings.paths.state).stat().st_mtime
    return PartStatus(
        container.name,
        PartState.RUNNING,
        address=container.address,
        container=short,
        uptime_s=max(0.0, clock.now().timestamp() - started_at),
        differences=differences(container, settings),
    )
