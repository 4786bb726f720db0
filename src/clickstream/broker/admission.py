"""Does the broker let us in? Which of librdkafka's errors are its last word, and what each asks for.

librdkafka tries for ever to connect: it takes a wrong password for something that may right itself. People
who wait for a command should hear of it at once.
"""

from confluent_kafka import KafkaError
from confluent_kafka.admin import AdminClient  # type: ignore[attr-defined]  # public by their documentation

from clickstream.broker.failures import RecentErrors
from clickstream.clock import Clock
from clickstream.errors import BrokerRefused
from clickstream.settings import BrokerSettings

# A broker that is just starting, or the proxy before it, hangs up too; it does not go on for so long.
HANGING_UP_S = 5.0
"""How long a broker may close connection after connection before it counts as one of another protocol."""

_POLL_S = 0.05
_LAST_WORDS = frozenset({KafkaError._AUTHENTICATION, KafkaError.SASL_AUTHENTICATION_FAILED, KafkaError._SSL})


class ConnectionErrors(RecentErrors):
    """Hears a client's connection errors, and knows when they are final."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._last_word: KafkaError | None = None
        self._hung_up_since_s: float | None = None

    def __call__(self, error: KafkaError) -> None:
        """Take note of one; handed to librdkafka as `error_cb`."""
        super().__call__(error)
        if error.code() in _LAST_WORDS:
            self._last_word = error
        elif error.code() != KafkaError._TRANSPORT:
            return
        elif "isconnected" not in error.str():
            self._hung_up_since_s = None  # nobody there, or another trouble of the way
        elif self._hung_up_since_s is None:
            self._hung_up_since_s = self._clock.monotonic_s()

    def refusal(self, settings: BrokerSettings, doing: str) -> BrokerRefused | None:
        """The error that ends the trying; None as long as the next try may succeed."""
        if self._last_word is not None:
            return _refused(self._last_word, settings, doing)
        if self._hung_up_since_s is None or self._clock.monotonic_s() - self._hung_up_since_s < HANGING_UP_S:
            return None
        return BrokerRefused(
            f"The broker at {settings.bootstrap_servers} closes every connection while {doing}, as one "
            f"does that speaks another protocol than KAFKA_SECURITY_PROTOCOL={settings.security_protocol}.",
            next_step="Set KAFKA_SECURITY_PROTOCOL to what this listener of the broker speaks.",
            details=self.texts,
        )


def wait_until_admitted(
    admin: AdminClient, errors: ConnectionErrors, settings: BrokerSettings, doing: str, deadline_s: float
) -> None:
    """Return when the broker has answered, after whatever login it asks for.

    Raises:
        BrokerRefused: it does not let us in, and will not.
        KafkaException: it did not answer within `deadline_s`.
    """
    answer = admin.describe_cluster(request_timeout=deadline_s)
    while not answer.done():
        admin.poll(_POLL_S)  # hands over what became of the connections
        refusal = errors.refusal(settings, doing)
        if refusal is not None:
            raise refusal
    answer.result()


def _refused(error: KafkaError, settings: BrokerSettings, doing: str) -> BrokerRefused:
    broker, why = settings.bootstrap_servers, _without_place(error.str())
    if error.code() == KafkaError._SSL:
        trusted = settings.ssl_ca_location or "the system's authorities"
        return BrokerRefused(
            f"The certificate of the broker at {broker} does not stand the test against {trusted} while "
            f"{doing}: {why}.",
            next_step="Set KAFKA_SSL_CA_LOCATION to the PEM file of the authority that signed it, and "
            "KAFKA_BOOTSTRAP_SERVERS to a name that it was issued for.",
        )
    if "mechanism handshake failed" in why:
        return BrokerRefused(
            f"The broker at {broker} takes no login by KAFKA_SASL_MECHANISM={settings.sasl_mechanism} while "
            f"{doing}: {why}.",
            next_step="Set KAFKA_SASL_MECHANISM to one that it supports; where it supports none, set "
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
