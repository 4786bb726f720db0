"""How the embedded Kafka is configured: its server.properties and its JVM."""

from collections.abc import Sequence
from pathlib import Path

from clickstream.contract.records import FURTHEST_TIMESTAMP_MS
from clickstream.runtime.java.find import JavaHome
from clickstream.runtime.machine.ports import LOOPBACK
from clickstream.settings import JAVA_LOCALE

DATA = "data"
"""Kafka's data, below the folder that it runs in."""

_A_CENTURY_MS = 100 * 365 * 86_400_000
_LARGEST_MESSAGE_BYTES = 8 * 1024 * 1024

# One process is broker and controller; every internal topic has one copy and one partition.
_FIXED = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    # Relative to the folder the broker runs in: no character of a path has to be escaped.
    "log.dirs": DATA,
    "auto.create.topics.enable": "false",
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "group.initial.rebalance.delay.ms": "0",
    # Record times are simulated. Old ones must not make Kafka delete data, nor far-apart ones cut segments,
    # and none that Spark can count may be refused.
    "log.retention.ms": "-1",
    "log.retention.bytes": "-1",
    "log.roll.ms": str(_A_CENTURY_MS),
    # Nor must a producer be forgotten by the times of its records: after a crash of the broker, a batch whose
    # acknowledgement went down with it would be stored a second time (KIP-98). Kafka takes no more than this,
    # 24.8 days.
    "producer.id.expiration.ms": str(2**31 - 1),
    "log.message.timestamp.before.max.ms": str(FURTHEST_TIMESTAMP_MS),
    "log.message.timestamp.after.max.ms": str(FURTHEST_TIMESTAMP_MS),
    "message.max.bytes": str(_LARGEST_MESSAGE_BYTES),
    "replica.fetch.max.bytes": str(_LARGEST_MESSAGE_BYTES),
    # After kill -9 the new broker waits until the session of the dead one has run out.
    "broker.heartbeat.interval.ms": "500",
    "broker.session.timeout.ms": "3000",
    # Two cores, few clients: fewer threads start sooner and hold less memory.
    "num.network.threads": "2",
    "num.io.threads": "4",
    "background.threads": "2",
    "log.cleaner.dedupe.buffer.size": str(4 * 1024 * 1024),
}

_JVM = (
    *JAVA_LOCALE,
    # Field-measured for a short life on few cores: the serial collector and only the first compiler.
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    # By default the heap begins with a 64th of the machine's memory, and what it touches once stays resident.
    *("-Xms64m", "-XX:MinHeapFreeRatio=20", "-XX:MaxHeapFreeRatio=40"),
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",
    "-XX:ErrorFile=java-crash-%p.log",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    "-Dorg.slf4j.simpleLogger.showThreadName=false",
)


def server_properties(port: int, controller_port: int) -> str:
    """The text of server.properties for a broker on loopback, reached at `port`."""
    voter = f"{LOOPBACK}:{controller_port}"
    address = f"PLAINTEXT://{LOOPBACK}:{port}"
    listeners = {
        "listeners": f"{address},CONTROLLER://{voter}",
        "advertised.listeners": address,
        # A fixed voter is read from here at every start, so the port may change between two starts.
        "controller.quorum.voters": f"{_FIXED['node.id']}@{voter}",
    }
    return "".join(f"{name}={value}\n" for name, value in (_FIXED | listeners).items())


def kafka_command(
    java: JavaHome,
    jars: Sequence[Path],
    memory: str,
    main_class: str,
    *arguments: str,
    temporary: Path | None = None,
) -> list[str]:
    """The command line that runs one of Kafka's main classes; it unpacks native libraries in `temporary`."""
    class_path = ":".join(str(jar) for jar in jars)
    folder = [] if temporary is None else [f"-Djava.io.tmpdir={temporary}"]
    return [str(java.executable), f"-Xmx{memory}", *_JVM, *folder, "-cp", class_path, main_class, *arguments]
