"""Which broker a command uses: the one in the settings, the one that runs here, or a temporary one."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from clickstream.broker.probe import probe
from clickstream.clock import Clock
from clickstream.contract.part_names import EMBEDDED_KAFKA, REDPANDA
from clickstream.contract.stages import Stage, timed
from clickstream.errors import BrokerUnavailable
from clickstream.pipeline.start.start_checks import refuse_machine
from clickstream.runtime.java.find import JavaHome, find_java
from clickstream.runtime.java.jars import KAFKA, Progress, cache_folder, resolve
from clickstream.runtime.java.lockfile import read_lock
from clickstream.runtime.kafka.docker import StartedContainer
from clickstream.runtime.kafka.embedded import EmbeddedKafka
from clickstream.runtime.kafka.redpanda import Redpanda, keeps_volume
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import BrokerSettings, Settings


@dataclass(frozen=True, slots=True)
class JvmParts:
    """A Java and the verified jars that one JVM needs."""

    java: JavaHome
    jars: tuple[Path, ...]


def jvm_parts(settings: Settings, lock_name: str, on_download: Progress | None = None) -> JvmParts:
    """Find Java and download the missing jars of a lock."""
    java = find_java(settings.runtime.java_home)
    jars = resolve(read_lock(lock_name), cache_folder(settings.paths.cache), on_download)
    return JvmParts(java, tuple(jars))


def running_broker(settings: Settings) -> BrokerSettings:
    """The broker settings with an address: the one given, or that of our broker which runs here.

    Raises:
        BrokerUnavailable: no address is given, and neither the embedded broker nor Redpanda runs for this
            state folder.
    """
    if settings.broker.bootstrap_servers:
        return settings.broker
    state = settings.paths.state
    ours = StartedProcess.running(EMBEDDED_KAFKA, state) or StartedContainer.running(REDPANDA, state)
    if ours is not None:
        return addressed(settings.broker, ours.address)
    raise BrokerUnavailable(
        f"No broker runs here: KAFKA_BOOTSTRAP_SERVERS is not set, and none was started in "
        f"{settings.paths.state}.",
        next_step="Start one with `clickstream up`, or set KAFKA_BOOTSTRAP_SERVERS.",
    )


def addressed(broker: BrokerSettings, address: str) -> BrokerSettings:
    """The same settings, for the broker at this address: an external one, or one of the kit.

    A broker of the kit listens on loopback, in plain text and without a login.
    """
    if address == broker.bootstrap_servers:
        return broker
    return broker.model_copy(update={"bootstrap_servers": address, "security_protocol": "PLAINTEXT"})


def embedded_kafka(settings: Settings, kafka: JvmParts, clock: Clock) -> EmbeddedKafka:
    """The embedded broker of these settings, not started yet."""
    state = settings.paths.state
    return EmbeddedKafka(
        settings.runtime, java=kafka.java, jars=kafka.jars, state=state, probe=probe, clock=clock
    )


def redpanda(settings: Settings, clock: Clock) -> Redpanda:
    """The Redpanda broker of these settings, not started yet."""
    return Redpanda(
        state=settings.paths.state,
        broker=settings.broker,
        port=settings.runtime.given_port("redpanda_port"),
        probe=probe,
        clock=clock,
    )


@contextmanager
def owned_broker(settings: Settings, kafka: JvmParts, clock: Clock) -> Iterator[BrokerSettings]:
    """An embedded broker that lives as long as the block."""
    with embedded_kafka(settings, kafka, clock) as broker:
        yield addressed(settings.broker, broker.bootstrap_servers)


@contextmanager
def reached_broker(
    settings: Settings, *, clock: Clock, on_stage: Stage, on_download: Progress
) -> Iterator[BrokerSettings]:
    """The broker given or running; else the one that left its data here, started for the block."""
    try:
        running = running_broker(settings)
    except BrokerUnavailable:
        in_container = keeps_volume(settings.paths.state)
        if not in_container and not (settings.paths.state / "kafka" / "data").exists():
            raise
    else:
        yield running
        return
    if in_container:
        kept = redpanda(settings, clock)
        with timed(on_stage, clock, "start Redpanda on its kept data") as reached:
            started = kept.start()
            reached(f"Redpanda answers at {started.address}")
        try:
            yield addressed(settings.broker, started.address)
        finally:
            kept.stop()
        return
    refuse_machine(settings, [settings.runtime.embedded_kafka_memory], on_stage)
    kafka = jvm_parts(settings, KAFKA, on_download)
    with ExitStack() as owned:
        with timed(on_stage, clock, "start the embedded broker on its kept data") as reached:
            broker = owned.enter_context(owned_broker(settings, kafka, clock))
            reached(f"the embedded broker answers at {broker.bootstrap_servers}")
        yield broker
