"""The step that sends: the same for a story and for a job."""

from collections.abc import Callable, Sequence
from datetime import datetime

from clickstream.testing.steps import Steps, counted
from clickstream.testing.topics import Topic, Value, shown

_EVENTS_SHOWN = 5


class SendsRecords:
    """What has a topic to send to, and steps.

    Args:
        steps: remembers what was sent.
        topic: gives the topic, which may be created for the first record.
    """

    def __init__(self, steps: Steps, topic: Callable[[], Topic]) -> None:
        self._steps = steps
        self._topic = topic

    def send(
        self,
        *values: Value,
        partition: int = 0,
        key: str | bytes | None = None,
        timestamp: str | datetime | None = None,
    ) -> None:
        """Send records, in this order: a mapping as JSON, bytes and text as they are, None as null.

        Args:
            values: what to send.
            partition: where all of them go.
            key: of all of them.
            timestamp: Kafka's timestamp of all of them, such as `2026-03-01T12:00:00Z`; by default now.
        """
        __tracebackhide__ = True
        self._steps.step(
            sending(values, partition, timestamp),
            lambda: self._topic().send(*values, partition=partition, key=key, timestamp=timestamp),
        )


def sending(events: Sequence[Value], partition: int, timestamp: str | datetime | None) -> str:
    """The words of a step that sends these events, the first of them in lines of their own."""
    words = f"send {counted(len(events), 'event')}" + (f" to partition {partition}" if partition else "")
    words += f", timestamp {timestamp}" if timestamp else ""
    more = len(events) - _EVENTS_SHOWN
    return "\n".join(
        [words, *map(shown, events[:_EVENTS_SHOWN]), *([f"and {more} more"] if more > 0 else [])]
    )
