"""The broker of a pipeline in the background: the one that is given, or the embedded one."""

from dataclasses import replace

from clickstream.contract.progress import RunningPart
from clickstream.operate.parts import running
from clickstream.operate.undertaking import Undertaking
from clickstream.pipeline.broker_access import embedded_kafka, jvm_parts
from clickstream.runtime import processes
from clickstream.runtime.embedded_kafka import EMBEDDED_KAFKA
from clickstream.runtime.jars import KAFKA
from clickstream.runtime.ports import port_owner
from clickstream.settings import Settings


def ensured_broker(undertaking: Undertaking) -> RunningPart:
    """The broker that records go to, started where none is given and none runs."""
    settings = undertaking.settings
    if settings.broker.bootstrap_servers:
        return RunningPart(
            "broker", settings.broker.bootstrap_servers, None, None, "given by KAFKA_BOOTSTRAP_SERVERS", False
        )
    answered = "gave back a record"
    earlier = running(EMBEDDED_KAFKA, settings)
    if earlier is not None:
        return RunningPart(EMBEDDED_KAFKA, earlier.address, earlier.pid, earlier.log, answered, False)
    undertaking.on_stage("start the embedded broker …")
    parts = jvm_parts(settings, KAFKA, on_stage=_quiet, on_download=undertaking.on_download)
    kafka = embedded_kafka(_at_its_old_port(settings), parts, undertaking.clock)
    started = kafka.start(detached=True)
    undertaking.undo.callback(kafka.stop)
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


def _quiet(_line: str) -> None:
    """What there is to say of Java is said for the job, which every `up` starts."""
