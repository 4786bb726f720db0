"""How each part of a kit is: by its process record, and for one that died by what it left behind."""

from clickstream.clock import Clock
from clickstream.contract.status import PartState, PartStatus
from clickstream.pipeline.heartbeat import PRODUCER, STREAM, end_of
from clickstream.runtime import processes
from clickstream.runtime.embedded_kafka import EMBEDDED_KAFKA
from clickstream.runtime.processes import StartedProcess
from clickstream.settings import Settings

_LAST_LINES = 5
_STREET_ORDER = (EMBEDDED_KAFKA, PRODUCER, STREAM)


def part_statuses(settings: Settings, clock: Clock) -> list[PartStatus]:
    """The parts that `up` has started and the three that it starts by default, in street order.

    A broker that is given by its address is not among them: who asks it for its topic can tell how it is.
    """
    recorded = {process.name: process for process in processes.load_all(settings.paths.state.absolute())}
    ours = _STREET_ORDER if not settings.broker.bootstrap_servers else _STREET_ORDER[1:]
    names = sorted({*ours, *recorded}, key=_place)
    return [
        PartStatus(name, PartState.STOPPED)
        if (process := recorded.get(name)) is None
        else _recorded(process, settings, clock)
        for name in names
    ]


def _place(name: str) -> tuple[int, str]:
    # A part that is not in the street's list of three stands between the broker and the job.
    place = {EMBEDDED_KAFKA: 0, PRODUCER: 1, STREAM: 3}.get(name, 2)
    return place, name


def _recorded(process: StartedProcess, settings: Settings, clock: Clock) -> PartStatus:
    if process.is_running():
        return PartStatus(
            process.name,
            PartState.RUNNING,
            address=process.address or way_of(process.name, settings),
            pid=process.pid,
            uptime_s=max(0.0, clock.now().timestamp() - process.created_at),
            log=process.log,
        )
    ended = end_of(settings.paths.state.absolute(), process.name, process.pid)
    if ended is None:
        why = "it was killed or crashed, and left no exit code"
    else:
        sentence = ended.why.rstrip(".")
        why = f"it left with exit code {ended.exit_code}" + (f": {sentence}" if sentence else "")
    return PartStatus(
        process.name,
        PartState.DIED,
        address=process.address or way_of(process.name, settings),
        pid=process.pid,
        log=process.log,
        exit_code=None if ended is None else ended.exit_code,
        why=why,
        last_lines=processes.last_lines(process.log, _LAST_LINES),
    )


def way_of(name: str, settings: Settings) -> str:
    """From where to where a part without an address of its own carries records."""
    topic = settings.broker.topic
    return {PRODUCER: f"→ {topic}", STREAM: f"{topic} → {settings.paths.output}"}.get(name, "")
