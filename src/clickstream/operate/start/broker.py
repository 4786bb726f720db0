"""The broker of a pipeline in the background: the one that is given, Redpanda, or the embedded one."""

from dataclasses import replace
from itertools import takewhile

from clickstream.contract.progress import RunningPart
from clickstream.contract.stages import timed
from clickstream.operate.parts.names import running
from clickstream.operate.start.backend import ChosenBackend, chosen_backend
from clickstream.operate.start.undertaking import Undertaking
from clickstream.pipeline.broker_access import embedded_kafka, jvm_parts, redpanda
from clickstream.runtime.java.jars import KAFKA
from clickstream.runtime.kafka.containers import StartedContainer
from clickstream.runtime.kafka.docker import ask_engine
from clickstream.runtime.kafka.embedded import EMBEDDED_KAFKA
from clickstream.runtime.kafka.kept_port import wanted_ports
from clickstream.runtime.kafka.redpanda import REDPANDA
from clickstream.runtime.machine.ports import is_free, port_owner
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import Settings

_ANSWERED = "gave back a record"


def ensured_broker(undertaking: Undertaking, backend: ChosenBackend | None = None) -> RunningPart:
    """The broker that records go to, started where none is given and none runs; says which one, and why."""
    settings = undertaking.settings
    backend = backend or chosen_backend(settings, ask_engine)
    undertaking.on_stage(f"broker: {backend.name}, because {backend.reason}")
    match backend.name:
        case "external":
            address = settings.broker.bootstrap_servers
            return RunningPart("broker", address, None, None, "given by KAFKA_BOOTSTRAP_SERVERS", False)
        case "redpanda":
            return _ensured_redpanda(undertaking)
        case "embedded":
            return _ensured_embedded(undertaking)


def _ensured_redpanda(undertaking: Undertaking) -> RunningPart:
    settings = undertaking.settings
    earlier = StartedContainer.load(REDPANDA, undertaking.state)
    if earlier is not None and earlier.is_running():
        return RunningPart(REDPANDA, earlier.address, None, None, _ANSWERED, False, earlier.container)
    broker = redpanda(_at_its_port(settings, "redpanda_port", earlier), undertaking.clock)
    held = held_ports(undertaking, "redpanda_port", "redpanda")
    what = "start Redpanda; the first time, its image is fetched"
    with timed(undertaking.on_stage, undertaking.clock, what) as reached:
        started = broker.start()
        reached(f"Redpanda answers at {started.address}")
    _say_where(undertaking, started.address, held)
    undertaking.undo.callback(broker.stop)
    return RunningPart(REDPANDA, started.address, None, None, _ANSWERED, True, started.container)


def _ensured_embedded(undertaking: Undertaking) -> RunningPart:
    settings = undertaking.settings
    earlier = running(EMBEDDED_KAFKA, settings)
    if earlier is not None and earlier.stopping:
        undertaking.wait_for_the_end_of(earlier)
    elif earlier is not None:
        return RunningPart(EMBEDDED_KAFKA, earlier.address, earlier.pid, earlier.log, _ANSWERED, False)
    parts = jvm_parts(settings, KAFKA, on_stage=_quiet, on_download=undertaking.on_download)
    died = StartedProcess.load(EMBEDDED_KAFKA, undertaking.state)
    kafka = embedded_kafka(_at_its_port(settings, "embedded_kafka_port", died), parts, undertaking.clock)
    held = held_ports(undertaking, "embedded_kafka_port", "kafka")
    with timed(undertaking.on_stage, undertaking.clock, "start the embedded broker") as reached:
        started = kafka.start(detached=True)
        reached(f"the embedded broker answers at {started.address}")
    _say_where(undertaking, started.address, held)
    undertaking.undo.callback(kafka.stop)
    undertaking.noted(started)
    return RunningPart(EMBEDDED_KAFKA, started.address, started.pid, started.log, _ANSWERED, True)


def _at_its_port(settings: Settings, field: str, died: StartedProcess | StartedContainer | None) -> Settings:
    """Settings with the port of a broker that died, unless another one is given or has taken it.

    A producer and a job that still run look for the broker there.
    """
    if died is None or settings.runtime.given_port(field):
        return settings
    port = int(died.address.rpartition(":")[2])
    if not is_free(port):
        return settings
    return replace(settings, runtime=settings.runtime.model_copy(update={field: port}))


def held_ports(undertaking: Undertaking, field: str, folder: str) -> list[str]:
    """Which of the ports where one would look for the broker are held, and by which process."""
    if undertaking.settings.runtime.given_port(field) is not None:
        return []
    held = takewhile(lambda port: not is_free(port), wanted_ports(undertaking.state / folder))
    return [f"port {port} is held by {port_owner(port) or 'another process'}" for port in held]


def _say_where(undertaking: Undertaking, address: str, held: list[str]) -> None:
    if held:
        port = address.rpartition(":")[2]
        undertaking.on_stage(f"{', '.join(held)}: this folder's broker takes and keeps port {port}")


def _quiet(_line: str) -> None:
    """What there is to say of Java is said for the job, which every `up` starts."""
