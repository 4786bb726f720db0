"""The broker of a pipeline in the background: the one that is given, Redpanda, or the embedded one."""

from dataclasses import replace

from clickstream.contract.progress import RunningPart
from clickstream.operate.backend import chosen_backend
from clickstream.operate.parts import running
from clickstream.operate.undertaking import Undertaking
from clickstream.pipeline.broker_access import embedded_kafka, jvm_parts, redpanda
from clickstream.runtime import containers, processes
from clickstream.runtime.containers import StartedContainer
from clickstream.runtime.docker import ask_engine
from clickstream.runtime.embedded_kafka import EMBEDDED_KAFKA
from clickstream.runtime.jars import KAFKA
from clickstream.runtime.ports import port_owner
from clickstream.runtime.processes import StartedProcess
from clickstream.runtime.redpanda import REDPANDA
from clickstream.settings import Settings

_ANSWERED = "gave back a record"


def ensured_broker(undertaking: Undertaking) -> RunningPart:
    """The broker that records go to, started where none is given and none runs; says which one, and why."""
    settings = undertaking.settings
    backend = chosen_backend(settings, ask_engine)
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
    earlier = containers.load(REDPANDA, undertaking.state)
    if earlier is not None and earlier.is_running():
        return RunningPart(REDPANDA, earlier.address, None, None, _ANSWERED, False, earlier.container)
    undertaking.on_stage("start Redpanda; the first time, its image is fetched …")
    port = settings.runtime.redpanda_port or _free_port_of(earlier)
    broker = redpanda(_with(settings, "redpanda_port", port), undertaking.clock)
    started = broker.start()
    undertaking.undo.callback(broker.stop)
    return RunningPart(REDPANDA, started.address, None, None, _ANSWERED, True, started.container)


def _ensured_embedded(undertaking: Undertaking) -> RunningPart:
    settings = undertaking.settings
    earlier = running(EMBEDDED_KAFKA, settings)
    if earlier is not None:
        return RunningPart(EMBEDDED_KAFKA, earlier.address, earlier.pid, earlier.log, _ANSWERED, False)
    undertaking.on_stage("start the embedded broker …")
    parts = jvm_parts(settings, KAFKA, on_stage=_quiet, on_download=undertaking.on_download)
    died = processes.load(EMBEDDED_KAFKA, undertaking.state)
    port = settings.runtime.embedded_kafka_port or _free_port_of(died)
    kafka = embedded_kafka(_with(settings, "embedded_kafka_port", port), parts, undertaking.clock)
    started = kafka.start(detached=True)
    undertaking.undo.callback(kafka.stop)
    return RunningPart(EMBEDDED_KAFKA, started.address, started.pid, started.log, _ANSWERED, True)


def _free_port_of(died: StartedProcess | StartedContainer | None) -> int:
    """The port where a broker that died had answered: a producer and a job that still run look for it there.

    0 where none died, or where somebody else has taken its port.
    """
    if died is None:
        return 0
    port = int(died.address.rpartition(":")[2])
    return 0 if port_owner(port) is not None else port


def _with(settings: Settings, port: str, value: int) -> Settings:
    return replace(settings, runtime=settings.runtime.model_copy(update={port: value}))


def _quiet(_line: str) -> None:
    """What there is to say of Java is said for the job, which every `up` starts."""
