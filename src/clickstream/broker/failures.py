"""librdkafka's errors in the kit's words: which of ours each becomes, and what to do about it."""

from collections import deque

from confluent_kafka import KafkaError, KafkaException

from clickstream.errors import (
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
        KafkaError._SSL,
        KafkaError._AUTHENTICATION,
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

    Args:
        failure: what librdkafka raised or reported.
        settings: which broker and topic it was about.
        doing: what was being done, as in "while …".
        recent: lines for the error's details, such as `RecentErrors.texts`.
    """
    error = failure.args[0] if isinstance(failure, KafkaException) else failure
    code, text = error.code(), error.str()
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
            next_step="Raise the topic's retention, or begin anew with an empty output.",
        )
    if code == KafkaError.INVALID_REPLICATION_FACTOR:
        return SettingInvalid(
            "KAFKA_REPLICATION_FACTOR",
            settings.replication_factor,
            f"at most the number of brokers at {settings.bootstrap_servers} ({text})",
        )
    return EnvironmentNotReady(
        f"The broker at {settings.bootstrap_servers} refused while {doing}: {text} ({error.name()}).",
        next_step="Look at the broker's log.",
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
