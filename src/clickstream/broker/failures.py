"""librdkafka's errors as errors of the kit, with what to do about each."""

from collections import deque

from confluent_kafka import KafkaError, KafkaException

from clickstream.errors import (
    BrokerRefused,
    BrokerUnavailable,
    ClickstreamError,
    CouldNotCheck,
    EnvironmentNotReady,
    SettingInvalid,
    TopicNotFound,
)
from clickstream.settings import BrokerSettings

_AWAY = frozenset(
    {
        KafkaError._TRANSPORT,
        KafkaError._RESOLVE,
        KafkaError._TIMED_OUT,
        KafkaError._TIMED_OUT_QUEUE,
        KafkaError._MSG_TIMED_OUT,
        KafkaError._ALL_BROKERS_DOWN,
        KafkaError._UNKNOWN_BROKER,
        KafkaError._WAIT_COORD,
        KafkaError.REQUEST_TIMED_OUT,
        KafkaError.NETWORK_EXCEPTION,
        KafkaError.BROKER_NOT_AVAILABLE,
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.NOT_CONTROLLER,
        KafkaError.NOT_LEADER_FOR_PARTITION,
    }
)
_MISSING = frozenset(
    {
        KafkaError.UNKNOWN_TOPIC_OR_PART,
        KafkaError.UNKNOWN_TOPIC_ID,
        KafkaError._UNKNOWN_TOPIC,
        KafkaError._UNKNOWN_PARTITION,
    }
)
_GONE = frozenset({KafkaError.OFFSET_OUT_OF_RANGE, KafkaError._AUTO_OFFSET_RESET, KafkaError._LOG_TRUNCATION})
_FORBIDDEN = frozenset(
    {
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
        KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    }
)
_MORE_REPLICAS = "Start the brokers that are down, or lower `min.insync.replicas` of the topic."
_STEPS = {
    KafkaError.MSG_SIZE_TOO_LARGE: "Raise `max.message.bytes` of the topic, or send smaller messages.",
    KafkaError.NOT_ENOUGH_REPLICAS: _MORE_REPLICAS,
    KafkaError.NOT_ENOUGH_REPLICAS_AFTER_APPEND: _MORE_REPLICAS,
    KafkaError.POLICY_VIOLATION: "Create the topic as the cluster's policy asks, or ask its administrator.",
    KafkaError.INVALID_PARTITIONS: "Set KAFKA_PARTITIONS to what the broker allows.",
    KafkaError.TOPIC_EXCEPTION: "Set KAFKA_TOPIC to a name that the broker allows.",
    KafkaError.KAFKA_STORAGE_ERROR: "Free space on the broker's disk and start the broker again.",
    KafkaError.INVALID_TIMESTAMP: "Set START_TIME nearer to now, or raise the topic's"
    " `message.timestamp.before.max.ms` and `message.timestamp.after.max.ms`.",
    KafkaError.UNSUPPORTED_VERSION: "Use a broker with the protocol of Kafka 2.1 or later.",
}
"""What to do about refusals of the broker; a topic's options have their Kafka names."""
LAST_WORDS = frozenset({KafkaError._AUTHENTICATION, KafkaError.SASL_AUTHENTICATION_FAILED, KafkaError._SSL})
"""Errors of a wrong login or certificate: a retry does not help."""

_KEPT_ERRORS = 3


class RecentErrors:
    """The last distinct things that went wrong with a client's connections, in its own words."""

    def __init__(self) -> None:
        self._texts: deque[str] = deque(maxlen=_KEPT_ERRORS)

    def __call__(self, error: KafkaError) -> None:
        """Keep one; handed to librdkafka as `error_cb`."""
        if error.str() not in self._texts:
            self._texts.append(error.str())

    @property
    def texts(self) -> tuple[str, ...]:
        """Oldest first."""
        return tuple(self._texts)


def wrapped(
    failure: KafkaException | KafkaError, settings: BrokerSettings, doing: str, recent: tuple[str, ...] = ()
) -> ClickstreamError:
    """The kit's error for one of librdkafka's; raise it `from` the latter.

    `doing` is what was being done, as in "while …"; `recent` are lines for the details.
    """
    error = failure.args[0] if isinstance(failure, KafkaException) else failure
    code, text = error.code(), error.str()
    if code in LAST_WORDS:
        return broker_refused(error, settings, doing)
    if code in _AWAY:
        return broker_unavailable(settings, doing, text, recent)
    if code in _MISSING:
        return TopicNotFound(
            f"Topic {settings.topic} was not found at {settings.bootstrap_servers} while {doing}: {text}.",
            next_step="Create it with `clickstream produce` or `clickstream up`, or correct KAFKA_TOPIC.",
        )
    if code in _GONE:
        return CouldNotCheck(
            f"Records of topic {settings.topic} are no longer there while {doing}: {text}.",
            next_step="Raise `retention.ms` of the topic and start a new run with another RUN_ID.",
        )
    if code in _FORBIDDEN:
        return BrokerRefused(
            f"The broker at {settings.bootstrap_servers} does not allow it"
            f" to {settings.sasl_username or 'this client'} while {doing}: {text}.",
            next_step=f"Give that user the rights to describe, read, write and create {settings.topic}, or"
            " correct KAFKA_TOPIC.",
        )
    if code == KafkaError.INVALID_REPLICATION_FACTOR:
        return SettingInvalid(
            "KAFKA_REPLICATION_FACTOR",
            settings.replication_factor,
            f"at most the number of brokers at {settings.bootstrap_servers} ({text})",
        )
    return EnvironmentNotReady(
        f"The broker at {settings.bootstrap_servers} refused while {doing}: {text} ({error.name()}).",
        next_step=_STEPS.get(
            code,
            "Look for this error in the broker's log; `clickstream logs` shows it for our broker.",
        ),
        details=recent,
    )


def broker_unavailable(
    settings: BrokerSettings, doing: str, why: str, recent: tuple[str, ...] = ()
) -> BrokerUnavailable:
    """The error for a broker that gives no answer; names its address."""
    return BrokerUnavailable(
        f"The broker at {settings.bootstrap_servers} did not answer while {doing}: {why}.",
        next_step="Start one with `clickstream up`, or correct KAFKA_BOOTSTRAP_SERVERS.",
        details=recent,
    )


def broker_refused(error: KafkaError, settings: BrokerSettings, doing: str) -> BrokerRefused:
    """The error for one of `LAST_WORDS`; names the setting to correct, and never a password."""
    broker, why = settings.bootstrap_servers, _without_place(error.str())
    if error.code() == KafkaError._SSL:
        trusted = settings.ssl_ca_location or "the system's authorities"
        return BrokerRefused(
            f"The certificate of the broker at {broker} is not trusted by {trusted} while {doing}: {why}.",
            next_step="Set KAFKA_SSL_CA_LOCATION to the PEM file of the authority that signed it, and "
            "KAFKA_BOOTSTRAP_SERVERS to a name that it was issued for.",
        )
    if "mechanism handshake failed" in why:
        return BrokerRefused(
            f"The broker at {broker} does not support KAFKA_SASL_MECHANISM={settings.sasl_mechanism} while "
            f"{doing}: {why}.",
            next_step="Set KAFKA_SASL_MECHANISM to one that it supports; if it supports none, set "
            "KAFKA_SECURITY_PROTOCOL to one without a login.",
        )
    return BrokerRefused(
        f"The broker at {broker} refused the login of KAFKA_SASL_USERNAME={settings.sasl_username} while "
        f"{doing}: {why}.",
        next_step="Correct KAFKA_SASL_USERNAME or KAFKA_SASL_PASSWORD; under SCRAM the broker must know the "
        "user for this very KAFKA_SASL_MECHANISM.",
    )


def _without_place(text: str) -> str:
    """The text without what librdkafka puts around it: the broker's address, and how long it took."""
    return text.partition("/bootstrap: ")[2].partition(" (after ")[0].rstrip(": ") or text
