"""The broker's settings."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo, field_validator

from clickstream.duration import Duration
from clickstream.settings.kinds.addresses import bootstrap_servers
from clickstream.settings.kinds.group import SettingsGroup, refused
from clickstream.settings.kinds.quantities import AnyDuration
from clickstream.settings.paths import LocalPath

A_CA_FILE = "a PEM file with the certificates of the authorities to trust"
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\s.+?-----END CERTIFICATE-----", re.DOTALL)


def certificates_in(file: Path) -> str:
    """The certificates of a PEM file, without the comments and keys that may be between them.

    Raises:
        OSError: it cannot be read.
        ValueError: it holds no certificate.
    """
    certificates = _CERTIFICATE.findall(file.read_text(encoding="ascii", errors="replace"))
    if not certificates:
        raise ValueError("holds no certificate")
    return "\n".join(certificates)


TopicName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,248}$")]


def _librdkafka_takes(value: Duration) -> Duration:
    # librdkafka wants it longer than its linger, and counts milliseconds in 31 bits.
    if not 1_000 <= value.milliseconds <= 86_400_000:
        raise refused("a duration from '1 second' to '1 day'")
    return value


BootstrapServers = Annotated[str, BeforeValidator(bootstrap_servers)]
DeliveryTimeout = Annotated[AnyDuration, AfterValidator(_librdkafka_takes)]


class BrokerSettings(SettingsGroup):
    """The broker, the topic, and how records are sent."""

    backend: Literal["auto", "redpanda", "embedded", "external"] = Field("auto", alias="BROKER_BACKEND")
    """Broker that `up` starts; `auto`: Redpanda if a Docker engine answers, otherwise the embedded Kafka."""
    bootstrap_servers: BootstrapServers = Field("", alias="KAFKA_BOOTSTRAP_SERVERS")
    """Addresses of the broker, host:port, separated by commas; empty means the broker that `up` started."""
    topic: TopicName = Field("events", alias="KAFKA_TOPIC")
    """Topic of producer, job and check."""
    partitions: int = Field(3, alias="KAFKA_PARTITIONS", ge=1, le=1_000)
    """Number of partitions of the topic; the generator distributes users over them."""
    replication_factor: int = Field(1, alias="KAFKA_REPLICATION_FACTOR", ge=1, le=32_767)
    """Copies of each partition of a new topic; at most the number of brokers."""
    acks: Literal["0", "1", "all"] = Field("all", alias="MSG_ACKS")
    """Replicas that must store a record before it is acknowledged; only `all` keeps all guarantees."""
    compression: Literal["none", "gzip", "lz4", "snappy", "zstd"] = Field("lz4", alias="MSG_COMPRESSION")
    """Compression of record batches on the network and in the topic."""
    delivery_timeout: DeliveryTimeout = Field(
        Duration(120_000), alias="MSG_DELIVERY_TIMEOUT", examples=["2 minutes", "1 hour"]
    )
    """Maximum wait for an acknowledgement, including retries; then the record counts as failed."""
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", alias="KAFKA_SECURITY_PROTOCOL"
    )
    """Connection to an external broker: in plain text or by TLS, with or without a login."""
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-256", alias="KAFKA_SASL_MECHANISM"
    )
    """Login mechanism for SASL_PLAINTEXT and SASL_SSL."""
    sasl_username: str = Field("", alias="KAFKA_SASL_USERNAME")
    """User name for the login."""
    sasl_password: SecretStr = Field(SecretStr(""), alias="KAFKA_SASL_PASSWORD")
    """Password for the login; only from the environment or `.env`, and never shown."""
    ssl_ca_location: LocalPath | None = Field(None, alias="KAFKA_SSL_CA_LOCATION")
    """PEM file of the trusted certificate authorities; by default those of the system."""

    @field_validator("bootstrap_servers")
    @classmethod
    def _external_needs_an_address(cls, value: str, others: ValidationInfo) -> str:
        if others.data.get("backend") == "external" and not value.strip():
            raise refused("the address of the broker, host:port, since BROKER_BACKEND is external")
        return value

    @field_validator("sasl_username")
    @classmethod
    def _login_needs_a_name(cls, value: str, others: ValidationInfo) -> str:
        if _logs_in(others) and not value:
            raise refused(f"the name to log in with, since {_logs_in(others)}")
        return value

    @field_validator("sasl_password")
    @classmethod
    def _login_needs_a_password(cls, value: SecretStr, others: ValidationInfo) -> SecretStr:
        if _logs_in(others) and not value.get_secret_value():
            raise refused(f"the password to log in with, in the environment or .env: {_logs_in(others)}")
        return value

    @field_validator("ssl_ca_location")
    @classmethod
    def _trust_needs_a_certificate(cls, value: Path | None) -> Path | None:
        if value is not None:
            try:
                certificates_in(value)
            except (OSError, ValueError) as error:
                raise refused(A_CA_FILE) from error
        return value


def _logs_in(others: ValidationInfo) -> str:
    """The setting that asks for a login; empty where none is asked for."""
    protocol = str(others.data.get("security_protocol", ""))
    return f"KAFKA_SECURITY_PROTOCOL is {protocol}" if protocol.startswith("SASL_") else ""
