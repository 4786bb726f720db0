"""Whether the broker accepts a client: asked once for every new client, so that a refusal shows at once.

librdkafka tries to connect without end, and treats a wrong password as a passing error.
"""

from confluent_kafka import KafkaError
from confluent_kafka.admin import AdminClient

from clickstream.broker.failures import LAST_WORDS, RecentErrors, broker_refused
from clickstream.clock import Clock
from clickstream.errors import BrokerRefused
from clickstream.settings import BrokerSettings

# A starting broker, or a proxy before it, also closes connections, but not for so long.
HANGING_UP_S = 5.0
"""How long a broker may close connection after connection before it counts as one of another protocol."""

_POLL_S = 0.05


class ConnectionErrors(RecentErrors):
    """Collects a client's connection errors, and decides when they are final."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._last_word: KafkaError | None = None
        self._hung_up_since_s: float | None = None

    def __call__(self, error: KafkaError) -> None:
        """Take note of one; handed to librdkafka as `error_cb`."""
        super().__call__(error)
        if error.code() in LAST_WORDS:
            self._last_word = error
        elif not _hung_up(error):
            self._hung_up_since_s = None  # no broker there, or another error of the connection
        elif self._hung_up_since_s is None:
            self._hung_up_since_s = self._clock.monotonic_s()

    def refusal(self, settings: BrokerSettings, doing: str) -> BrokerRefused | None:
        """The error that ends the trying; None as long as the next try may succeed."""
        if self._last_word is not None:
            return broker_refused(self._last_word, settings, doing)
        if self._hung_up_since_s is None or self._clock.monotonic_s() - self._hung_up_since_s < HANGING_UP_S:
            return None
        return BrokerRefused(
            f"The broker at {settings.bootstrap_servers} closes every connection while {doing}. It "
            f"probably uses another protocol than KAFKA_SECURITY_PROTOCOL={settings.security_protocol}.",
            next_step="Set KAFKA_SECURITY_PROTOCOL to the protocol of this listener.",
        )


def wait_until_admitted(
    admin: AdminClient, errors: ConnectionErrors, settings: BrokerSettings, doing: str, deadline_s: float
) -> None:
    """Return when the broker has answered, after the login that it asks for.

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


def _hung_up(error: KafkaError) -> bool:
    """Whether the broker was there, and closed the connection.

    librdkafka reports that for a TLS handshake. For other connections it reports that all brokers are down;
    if no process listens, or a name is unknown, it reports that first.
    """
    return error.code() == KafkaError._ALL_BROKERS_DOWN or "Disconnected" in error.str()
