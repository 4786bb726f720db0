"""The broker of a pipeline in the background: the one that is given, Redpanda, or the embedded one."""

from dataclasses import replace
from itertools import takewhile

from clickstream.contract.part_names import EMBEDDED_KAFKA, REDPANDA
from clickstream.contract.progress import RunningPart
from clickstream.contract.stages import timed
from clickstream.operate.parts.names import running, running_container
from clickstream.operate.start.attempt import StartAttempt
from clickstream.operate.start.backend import ChosenBackend, chosen_backend
from clickstream.pipeline.broker_access import embedded_kafka, redpanda
from clickstream.runtime.java.jars import KAFKA
from clickstream.runtime.kafka.docker import StartedContainer, ask_engine
from clickstream.runtime.machine.ports import is_free, port_owner, wanted_ports
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import Settings

_ANSWERED = "returned a record"


def ensured_broker(attempt: StartAttempt, backend: ChosenBackend | None = None) -> RunningPart:
    """The broker that records go to, started if none is given and none runs; prints which one, and why."""
    settings = attempt.settings
    backend = backend or chosen_backend(settings, ask_engine)
    attempt.on_stage(f"broker: {backend.name}, because {backend.reason}")
    match backend.name:
        case "external":
            address = settings.broker.bootstrap_servers
            return RunningPart("broker", address, None, None, "given by KAFKA_BOOTSTRAP_SERVERS", False)
        case "redpanda":
            return _ensured_redpanda(attempt)
        case "embedded":
            return _ensured_embedded(attempt)


def _ensured_redpanda(attempt: StartAttempt) -> RunningPart:
    container = running_container(attempt.settings)
    started_now = container is None
    if container is None:
        earlier = StartedContainer.load(REDPANDA, attempt.state)
        broker = redpanda(_at_its_port(attempt.settings, "redpanda_port", earlier), attempt.clock)
        held = held_ports(attempt, "redpanda_port", "redpanda")
        what = "start Redpanda; the first time, its image is fetched"
        with timed(attempt.on_stage, attempt.clock, what) as reached:
            container = broker.start()
            reached(f"Redpanda answers at {container.address}")
        _say_where(attempt, container.address, held)
        attempt.undo.callback(broker.stop)
    return RunningPart(REDPANDA, container.address, None, None, _ANSWERED, started_now, container.container)


def _ensured_embedded(attempt: StartAttempt) -> RunningPart:
    earlier = running(EMBEDDED_KAFKA, attempt.settings)
    if earlier is not None and not earlier.stopping:
        return RunningPart(EMBEDDED_KAFKA, earlier.address, earlier.pid, earlier.log, _ANSWERED, False)
    if earlier is not None:
        attempt.wait_for_the_end_of(earlier)
    died = StartedProcess.load(EMBEDDED_KAFKA, attempt.state)
    held = held_ports(attempt, "embedded_kafka_port", "kafka")
    started = started_embedded(attempt, _at_its_port(attempt.settings, "embedded_kafka_port", died))
    _say_where(attempt, started.address, held)
    return started


def started_embedded(attempt: StartAttempt, settings: Settings) -> RunningPart:
    """The embedded broker, started with these settings."""
    kafka = embedded_kafka(settings, attempt.jvm_parts(KAFKA), attempt.clock)
    with timed(attempt.on_stage, attempt.clock, "start the embedded broker") as reached:
        started = kafka.start(detached=True)
        reached(f"the embedded broker answers at {started.address}")
    attempt.undo.callback(kafka.stop)
    attempt.recorded(started)
    return RunningPart(EMBEDDED_KAFKA, started.address, started.pid, started.log, _ANSWERED, True)


def at_port_of(address: str, settings: Settings, field: str) -> Settings:
    """Settings with the port of this address: producer and job look for the broker there."""
    port = int(address.rpartition(":")[2])
    return replace(settings, runtime=settings.runtime.model_copy(update={field: port}))


def _at_its_port(settings: Settings, field: str, died: StartedProcess | StartedContainer | None) -> Settings:
    """Settings with the port of a broker that died, unless another one is given or the port is in use."""
    if died is None or settings.runtime.given_port(field):
        return settings
    there = at_port_of(died.address, settings, field)
    return there if is_free(getattr(there.runtime, field)) else settings


def held_ports(attempt: StartAttempt, field: str, folder: str) -> list[str]:
    """Which of the ports where one would look for the broker are held, and by which process."""
    if attempt.settings.runtime.given_port(field) is not None:
        return []
    held = takewhile(lambda port: not is_free(port), wanted_ports(attempt.state / folder))
    return [f"port {port} is held by {port_owner(port) or 'another process'}" for port in held]


def _say_where(attempt: StartAttempt, address: str, held: list[str]) -> None:
    if held:
        port = address.rpartition(":")[2]
        attempt.on_stage(f"{', '.join(held)}: this folder's broker uses and keeps port {port}")
