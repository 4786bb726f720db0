"""A real Kafka with a listener for every way that clients may talk to a broker, and one user."""

import base64
import hashlib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from certificates import Certificates, make_certificates
from clickstream.broker.probe import probe
from clickstream.clock import SystemClock
from clickstream.contract.records import FURTHEST_TIMESTAMP_MS
from clickstream.errors import EnvironmentNotReady
from clickstream.pipeline.broker_access import JvmParts
from clickstream.runtime.kafka.properties import kafka_command, server_properties
from clickstream.runtime.machine.ports import LOOPBACK, free_ports
from clickstream.runtime.processes.started import StartedProcess, last_lines, spawn_detached
from clickstream.settings import BrokerSettings

USER = "ann o'neil"
PASSWORD = """it's "fine" \\ back\\\\slashes, = a # ${HOME} ünd 密码;"""  # noqa: S105 - a test's own
"""With everything that a quoting could stumble over: in JAAS, in properties, in a shell, in `.env`."""

PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
_MECHANISMS = {"SCRAM-SHA-256": "sha256", "SCRAM-SHA-512": "sha512"}
_READY_WITHIN_S = 60
_MEMORY = "384m"


@dataclass(frozen=True)
class SecuredKafka:
    """Where it is reached by each protocol, and the certificates of its test."""

    addresses: dict[str, str]
    certificates: Certificates
    log: Path

    def environment(self, protocol: str = "SASL_SSL", **changes: str) -> dict[str, str]:
        """The settings by which a client is let in over this protocol, as its environment has them."""
        login = {"KAFKA_SASL_USERNAME": USER, "KAFKA_SASL_PASSWORD": PASSWORD} if "SASL" in protocol else {}
        trust = {"KAFKA_SSL_CA_LOCATION": str(self.certificates.authority)} if "SSL" in protocol else {}
        return {
            "BROKER_BACKEND": "external",
            "KAFKA_BOOTSTRAP_SERVERS": self.addresses[protocol],
            "KAFKA_SECURITY_PROTOCOL": protocol,
            **login,
            **trust,
            **changes,
        }

    def settings(self, protocol: str = "SASL_SSL", **changes: str) -> BrokerSettings:
        """The same as the broker's group of settings, whatever this process's environment says."""
        given = {name: value for name, value in self.environment(protocol, **changes).items() if value}
        return BrokerSettings(_env_file=None, **given)


@contextmanager
def secured_kafka(kafka: JvmParts, folder: Path) -> Iterator[SecuredKafka]:
    """Make certificates, format and start the broker on loopback, and stop it with the block."""
    certificates = make_certificates(folder)
    *ports, controller_port = free_ports(len(PROTOCOLS) + 1)
    addresses = {protocol: f"{LOOPBACK}:{port}" for protocol, port in zip(PROTOCOLS, ports, strict=True)}
    properties = folder / "server.properties"
    properties.write_text(
        server_properties(ports[0], controller_port) + _secured(addresses, controller_port, certificates),
        encoding="ascii",
    )
    tool = ["kafka.tools.StorageTool", "format", "--cluster-id", "c2VjdXJlZC1rYWZrYS10ZQ", "--config"]
    users = [word for name in _MECHANISMS for word in ("--add-scram", _scram_user(name))]
    subprocess.run(
        kafka_command(kafka.java, kafka.jars, _MEMORY, *tool, str(properties), *users),
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=_READY_WITHIN_S,
    )
    log = folder / "kafka.log"
    process = spawn_detached(
        "secured-kafka",
        kafka_command(kafka.java, kafka.jars, _MEMORY, "kafka.Kafka", str(properties)),
        log=log,
        cwd=folder,
    )
    try:
        _wait_for_answer(addresses["PLAINTEXT"], process)
        yield SecuredKafka(addresses, certificates, log)
    finally:
        process.stop()


def _wait_for_answer(address: str, process: StartedProcess) -> None:
    clock = SystemClock()
    deadline_s = clock.monotonic_s() + _READY_WITHIN_S
    while True:
        try:
            return probe(address)
        except EnvironmentNotReady:
            in_time = clock.monotonic_s() < deadline_s
            assert process.is_running() and in_time, last_lines(process.log)  # noqa: PT018
            clock.sleep(0.05)


def _secured(addresses: dict[str, str], controller_port: int, certificates: Certificates) -> str:
    """The lines that come after those of an embedded broker; of a name given twice the last one counts."""
    listeners = ",".join(f"{protocol}://{address}" for protocol, address in addresses.items())
    plain = (
        "org.apache.kafka.common.security.plain.PlainLoginModule required "
        f"{_quoted('user_' + USER)}={_quoted(PASSWORD)};"
    )
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
    lines = {
        "listeners": f"{listeners},CONTROLLER://{LOOPBACK}:{controller_port}",
        "advertised.listeners": listeners,
        "listener.security.protocol.map": ",".join(f"{each}:{each}" for each in PROTOCOLS)
        + ",CONTROLLER:PLAINTEXT",
        "sasl.enabled.mechanisms": ",".join(("PLAIN", *_MECHANISMS)),
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(certificates.broker),
        "log.message.timestamp.after.max.ms": str(FURTHEST_TIMESTAMP_MS),
    }
    for listener in ("sasl_plaintext", "sasl_ssl"):
        lines[f"listener.name.{listener}.plain.sasl.jaas.config"] = plain
        for mechanism in _MECHANISMS:
            lines[f"listener.name.{listener}.{mechanism.lower()}.sasl.jaas.config"] = scram
    return "".join(f"{name}={_escaped(value)}\n" for name, value in lines.items())


def _scram_user(mechanism: str) -> str:
    """As the tool takes it ready-made: so no password is on a command line, and none needs quoting there."""
    salt, iterations = b"salt of a test", 4096
    salted = hashlib.pbkdf2_hmac(_MECHANISMS[mechanism], PASSWORD.encode(), salt, iterations)
    salt_64, salted_64 = (base64.b64encode(raw).decode() for raw in (salt, salted))
    return (
        f'{mechanism}=[name="{USER}",iterations={iterations},salt="{salt_64}",saltedpassword="{salted_64}"]'
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _escaped(value: str) -> str:
    """A value as a properties file has it (java.util.Properties): backslashes doubled, ASCII alone."""
    return "".join(
        letter if letter.isascii() else f"\\u{ord(letter):04x}" for letter in value.replace("\\", "\\\\")
    )
