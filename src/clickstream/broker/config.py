"""The settings as librdkafka's properties; the only place with librdkafka's names.

Names and defaults: librdkafka, CONFIGURATION.md.
"""

import logging
from collections.abc import Callable
from typing import Any

from confluent_kafka import KafkaError

from clickstream.errors import SettingInvalid
from clickstream.settings import BrokerSettings

LOG = logging.getLogger("clickstream.broker.librdkafka")
"""Where librdkafka's own lines go; without a handler they go nowhere, and never to stderr."""
LOG.addHandler(logging.NullHandler())

Properties = dict[str, Any]
OnError = Callable[[KafkaError], None]

_LOOPBACK = ("127.0.0.1", "localhost")
_WEAKER_ACKS = {
    "1": "MSG_ACKS=1: only the leader acknowledges, and the producer is not idempotent. An acknowledged "
    "record can be lost with the leader, and a retry can store a record twice or out of order.",
    "0": "MSG_ACKS=0: no broker acknowledges, and the producer is not idempotent. A record counts as "
    "acknowledged once it is sent: it can be lost unnoticed, and a retry can store it "
    "twice or out of order.",
}


def client_properties(settings: BrokerSettings, on_error: OnError = lambda error: None) -> Properties:
    """The properties of every client; `on_error` gets connections that failed while a client is polled.

    Raises:
        SettingInvalid: no address is given.
    """
    addresses = [address.strip() for address in settings.bootstrap_servers.split(",") if address.strip()]
    if not addresses:
        raise SettingInvalid(
            "KAFKA_BOOTSTRAP_SERVERS", settings.bootstrap_servers, "an address such as 127.0.0.1:9092"
        )
    # On many machines `localhost` is ::1 first, where a broker on 127.0.0.1 does not listen.
    loopback = all(address.rpartition(":")[0] in _LOOPBACK for address in addresses)
    return {
        "bootstrap.servers": ",".join(addresses),
        "client.id": "clickstream",
        "broker.address.family": "v4" if loopback else "any",
        **_security(settings),
        "logger": LOG,
        "error_cb": on_error,
        "log.connection.close": False,
        # A broker that has just started, or started again, is found within half a second.
        "reconnect.backoff.ms": 50,
        "reconnect.backoff.max.ms": 500,
    }


def _security(settings: BrokerSettings) -> Properties:
    protocol = settings.security_protocol
    properties: Properties = {"security.protocol": protocol}
    if protocol.startswith("SASL_"):
        properties["sasl.mechanism"] = settings.sasl_mechanism
        properties["sasl.username"] = settings.sasl_username
        properties["sasl.password"] = settings.sasl_password.get_secret_value()
    if protocol.endswith("SSL") and settings.ssl_ca_location is not None:
        properties["ssl.ca.location"] = str(settings.ssl_ca_location)
    return properties


def producer_properties(settings: BrokerSettings, on_error: OnError = lambda error: None) -> Properties:
    """The further properties of a producer; MSG_ACKS decides what an acknowledgement is worth.

    - `all`: every in-sync replica has the record, and the producer is idempotent (KIP-98): a retry makes
      neither a second copy nor another order within a partition.
    - `1`: the leader has it; it can be lost with the leader. librdkafka refuses idempotence here, so a
      retry can store a record twice and behind later ones.
    - `0`: no broker answers; "acknowledged" means handed to the socket, and reports have no offset.

    On one broker, `all` and `1` differ in idempotence only. Whether an acknowledged record outlives a crash
    of the machine is up to the broker's flushing, not to acks.
    """
    return {
        **client_properties(settings, on_error),
        "acks": settings.acks,
        "enable.idempotence": settings.acks == "all",
        "compression.type": settings.compression,
        "delivery.timeout.ms": settings.delivery_timeout.milliseconds,
        # Fuller batches: 30 % more records per second than with the default of 5, unseen by a live stream.
        "linger.ms": 50,
    }


def consumer_properties(settings: BrokerSettings, on_error: OnError = lambda error: None) -> Properties:
    """Options of a reader of offsets: it joins no group, commits nothing, and reads committed records."""
    return {
        **client_properties(settings, on_error),
        # Asked for by librdkafka, also where partitions are assigned by hand; nothing is stored under it.
        "group.id": "clickstream-reader",
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "enable.partition.eof": True,
        # Offsets that are gone are an error: a reader that jumps ahead would leave records out unnoticed.
        "auto.offset.reset": "error",
        # As the job's source reads: records of aborted and open transactions are not events.
        "isolation.level": "read_committed",
        "fetch.wait.max.ms": 50,
        # After its queue was full, librdkafka looks again at once: with its default of 1,000 a reader that
        # drains the queue in a tenth of a second waits most of the time.
        "fetch.queue.backoff.ms": 10,
        "fetch.error.backoff.ms": 100,
    }


def acks_warning(settings: BrokerSettings) -> tuple[str, ...]:
    """A line for people about what MSG_ACKS does not guarantee; none under `all`."""
    return (_WEAKER_ACKS[settings.acks],) if settings.acks in _WEAKER_ACKS else ()
