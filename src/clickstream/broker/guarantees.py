"""What a producer's acknowledgements are worth, in words, where they are worth less than by default."""

from clickstream.settings import BrokerSettings

_FALLEN = {
    "1": "MSG_ACKS=1: the leader alone acknowledges, and the producer is not idempotent. A record that was "
    "acknowledged can be lost with the leader, and a retry can store one twice or out of order.",
    "0": "MSG_ACKS=0: nobody acknowledges, and the producer is not idempotent. A record counts as "
    "acknowledged once it is handed to the network: it can be lost unnoticed, and a retry can store one "
    "twice or out of order.",
}


def fallen_guarantees(settings: BrokerSettings) -> tuple[str, ...]:
    """A line for people about each guarantee that falls with MSG_ACKS; none under `all`."""
    return (_FALLEN[settings.acks],) if settings.acks in _FALLEN else ()
